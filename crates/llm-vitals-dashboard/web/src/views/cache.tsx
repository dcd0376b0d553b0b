/** What the caches save, and how Redis is. */

import { CacheTiles } from '../parts/cache-tiles.tsx';
import { ChartPanel } from '../parts/chart-panel.tsx';
import { Empty } from '../parts/empty.tsx';
import { Keys } from '../parts/key-table.tsx';
import { answerHitRate, lookups, redisHitRate, saved } from '../promql/cache.ts';
import { lacks } from '../state/service.ts';
import { NoRedis, RedisCharts } from './redis-charts.tsx';

const NO_ANSWERS = 'Nothing was looked up in the cache of answers in this range. It takes requests with temperature 0.';

export function CacheView() {
  const noAnswers = lacks('llm_cache_lookups_total');
  const noRedis = lacks('redis_up');
  if (noAnswers && noRedis) {
    return (
      <Empty>
        No cache is watched. The cache of answers counts itself once a request was looked up in it; a Redis is named in the section redis of
        the configuration, or in REDIS_URL.
      </Empty>
    );
  }
  return (
    <>
      <CacheTiles noRedis={noRedis} />
      <div class="grid">
        <ChartPanel
          title="Lookups in the cache of answers"
          about="Requests that were looked up, by what was found. Stale is too old; error means that the cache did not answer."
          lines={(seconds) => [{ name: 'lookups', expr: lookups({ seconds }) }]}
          nameOf={(labels) => labels.result ?? ''}
          order={['hit', 'miss', 'stale', 'error']}
          roles={{ hit: 'well', miss: 'left', error: 'trouble' }}
          unit="per-second"
          stacked
          empty={NO_ANSWERS}
          absent={noAnswers}
        />
        <ChartPanel
          title="Hit rate"
          about="Share of the answered lookups that found something: in the cache of answers, and in Redis by any command."
          lines={(seconds) => [
            { name: 'answers', expr: answerHitRate({ seconds }) },
            { name: 'Redis', expr: redisHitRate({ seconds }) },
          ]}
          order={['answers', 'Redis']}
          unit="share"
          empty={NO_ANSWERS}
        />
        <ChartPanel
          title="Money saved"
          about="What the answers from the cache had cost when a provider gave them, in US dollars an hour, by the cache that held them."
          lines={(seconds) => [{ name: 'saved', expr: `3600 * ${saved({ seconds }, ['cache'])} / ${seconds}` }]}
          nameOf={(labels) => labels.cache ?? ''}
          order={['memory', 'redis']}
          unit="usd-per-hour"
          stacked
          empty="No answer came from the cache in this range, or what it had cost is not known."
          absent={lacks('llm_cache_saved_cost_usd_total')}
        />
        {noRedis ? <NoRedis /> : <RedisCharts />}
      </div>
      {!noRedis && <Keys />}
    </>
  );
}
