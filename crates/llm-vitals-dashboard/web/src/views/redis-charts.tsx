/** How Redis is: what was looked up, its memory, and what it threw out. */

import { ChartPanel } from '../parts/chart-panel.tsx';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { evictions, redisLookups } from '../promql/cache.ts';

export function NoRedis() {
  return (
    <Panel title="Redis">
      <Empty>No Redis is watched. Name one in the section redis of the configuration, or in REDIS_URL.</Empty>
    </Panel>
  );
}

export function RedisCharts() {
  return (
    <>
      <ChartPanel
        title="Redis lookups"
        about="Lookups of keys a second by any reading command, and whether they found the key."
        lines={(seconds) => {
          const { hit, miss } = redisLookups({ seconds });
          return [
            { name: 'hit', expr: hit },
            { name: 'miss', expr: miss },
          ];
        }}
        order={['hit', 'miss']}
        roles={{ hit: 'well', miss: 'left' }}
        unit="per-second"
        stacked
        empty="Nobody read from Redis in this range."
      />
      <ChartPanel
        title="Redis memory"
        about="Memory that the server has allocated and that it holds resident; the limit, where there is one."
        lines={() => [
          { name: 'used', expr: 'sum(redis_memory_used_bytes)' },
          { name: 'resident', expr: 'sum(redis_memory_used_rss_bytes)' },
          { name: 'limit', expr: 'sum(redis_memory_max_bytes) > 0' },
        ]}
        order={['used', 'resident', 'limit']}
        unit="bytes"
        empty="Redis has not told its memory in this range."
      />
      <ChartPanel
        title="Redis evictions"
        about="Keys a second that were thrown out because the memory limit was reached."
        lines={(seconds) => [{ name: 'evictions', expr: evictions({ seconds }, ['node']) }]}
        nameOf={(labels) => labels.node ?? ''}
        unit="per-second"
        stacked
        empty="No key was evicted in this range."
      />
    </>
  );
}
