/** How much the caches answered, and what that saved: one query for all numbers. */

import type { Sample } from '../api/prometheus.ts';
import { format, isKnown, span } from '../format/number.ts';
import { answerHitRate, evictions, redisHitRate, saved, savedTokens } from '../promql/cache.ts';
import { LINE, union } from '../promql/text.ts';
import { useInstant } from '../state/load.ts';
import { everySeconds } from '../state/step.ts';
import { place } from '../state/place.ts';
import { hasEarlier, span as spanOfService } from '../state/service.ts';
import { formatPlace, inView } from '../state/url.ts';
import { Failure } from './empty.tsx';
import { Help } from './help.tsx';
import { Tile, type TileProps } from './tile.tsx';

export function CacheTiles({ noRedis }: { noRedis: boolean }) {
  const seconds = spanOfService.value;
  const window = { seconds };
  const earlier = { seconds, offset: seconds };
  const before = { beforeText: `${span(seconds)} before` };
  const lines = [
    { name: 'answers', expr: answerHitRate(window) },
    { name: 'saved', expr: saved(window) },
    { name: 'tokens', expr: savedTokens(window) },
    { name: 'redis', expr: redisHitRate(window) },
    { name: 'memory', expr: 'sum(redis_memory_used_bytes)' },
    { name: 'limit', expr: 'sum(redis_memory_max_bytes) > 0' },
    { name: 'keys', expr: 'sum(redis_db_keys)' },
    { name: 'evictions', expr: evictions(window) },
  ];
  if (hasEarlier.value) {
    lines.push(
      { name: 'answers, before', expr: answerHitRate(earlier) },
      { name: 'saved, before', expr: saved(earlier) },
      { name: 'redis, before', expr: redisHitRate(earlier) },
      { name: 'evictions, before', expr: evictions(earlier) },
    );
  }
  const loaded = useInstant(union(lines), everySeconds(seconds));
  const value = (name: string): number | null => find(loaded.data, name);
  const memory = value('memory');
  const limit = value('limit');
  const share = isKnown(memory) && isKnown(limit) ? `${format(memory / limit, 'share')} of ${format(limit, 'bytes')}` : 'no limit is set';
  const href = formatPlace(inView(place.value, 'cache'));
  const tokens = value('tokens');
  const tiles: Omit<TileProps, 'href'>[] = [
    {
      id: 'answers',
      title: 'Hits, answers',
      value: value('answers'),
      unit: 'share',
      before: value('answers, before'),
      ...before,
      reason: `no lookup in ${span(seconds)}`,
    },
    {
      id: 'saved',
      title: 'Money saved',
      value: value('saved'),
      unit: 'usd',
      note: isKnown(tokens) ? [format(tokens, 'tokens')] : null,
      before: value('saved, before'),
      ...before,
      reason: 'no answer from the cache',
    },
    {
      id: 'redis',
      title: 'Hits, Redis',
      value: value('redis'),
      unit: 'share',
      before: value('redis, before'),
      ...before,
      reason: 'nobody read from Redis',
    },
    { id: 'memory', title: 'Redis memory', value: memory, unit: 'bytes', note: [share], reason: 'no Redis is watched' },
    {
      id: 'keys',
      title: 'Redis keys',
      value: value('keys'),
      unit: 'count',
      reason: isKnown(memory) ? 'Redis is empty' : 'no Redis is watched',
    },
    {
      id: 'evictions',
      title: 'Redis evictions',
      value: value('evictions'),
      unit: 'per-second',
      before: value('evictions, before'),
      ...before,
      reason: 'no Redis is watched',
    },
  ];
  const savedOnly: Omit<TileProps, 'href'> = {
    id: 'tokens',
    title: 'Tokens saved',
    value: tokens,
    unit: 'number',
    reason: 'no answer from the cache',
  };
  const shown = noRedis ? [...tiles.slice(0, 2), savedOnly] : tiles;
  return (
    <section class="tiles-box" aria-label="At a glance">
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      <div class={noRedis ? 'tiles three' : 'tiles'}>
        {shown.map((tile) => (
          <Tile key={tile.id} {...tile} href={href} outdated={loaded.outdated} />
        ))}
      </div>
      <div class="tiles-foot muted">
        <span>{noRedis ? `Over ${span(seconds)}.` : `Over ${span(seconds)}; memory and keys as they are.`}</span>
        <Help title="the tiles" about="How much the caches answered, and what that saved." lines={lines} />
      </div>
    </section>
  );
}

function find(samples: readonly Sample[] | null, name: string): number | null {
  return samples?.find((sample) => sample.labels[LINE] === name)?.value ?? null;
}
