/** The numbers on top of the overview: two queries for all of them, one for the values and one for the small lines. */

import type { Sample, Series } from '../api/prometheus.ts';
import { columns } from '../chart/data.ts';
import { format, isKnown, span } from '../format/number.ts';
import { plural } from '../format/text.ts';
import { clock, day, parseTime } from '../format/time.ts';
import type { Amount } from '../api/application.ts';
import { answerHitRate, redisHitRate } from '../promql/cache.ts';
import { cost, costPerHour, errorRate, families, firstToken, latency, requestRate, tokenRates, type Families } from '../promql/service.ts';
import { LINE, sum, union, type Line, type Scope, type Window } from '../promql/text.ts';
import { now, sampleInterval } from '../state/clock.ts';
import { useInstant, useRange, useTimes } from '../state/load.ts';
import { place, scope } from '../state/place.ts';
import { app, has, hasEarlier, span as spanOfService } from '../state/service.ts';
import { everySeconds, rateWindow } from '../state/step.ts';
import { formatPlace, inView } from '../state/url.ts';
import { Failure } from './empty.tsx';
import { Help } from './help.tsx';
import { Tile, type TileProps } from './tile.tsx';

/** What was before hardly moves from one refresh to the next. */
const EARLIER_SECONDS = 60;

/** As wide as the small line of a tile, times four pixels for each point. */
const SPARK_WIDTH = 200;

export function Tiles() {
  const what = scope.value;
  const family = families(what, has('llm_service_requests_total'));
  const seconds = spanOfService.value;
  const values = tileLines(family, what, { seconds });
  const compared = earlier(tileLines(family, what, { seconds, offset: seconds }));
  const loaded = useInstant(union(values), everySeconds(seconds));
  const former = useInstant(hasEarlier.value ? union(compared) : null, EARLIER_SECONDS);
  const times = useTimes(SPARK_WIDTH);
  const small = useRange(union(sparkLines(family, what, { seconds: rateWindow(times.step, sampleInterval.value) })), times);

  const value = (name: string): number | null => find(loaded.data, name);
  const spark = sparks(small.data, times);
  const to = (view: 'providers' | 'cache', sort: string | null = null): string => formatPlace(inView(place.value, view, { sort }));
  const before = (name: string): { before: number | null; beforeText: string } => ({
    before: find(hasEarlier.value ? former.data : null, `${name}, before`),
    beforeText: `${span(seconds)} before`,
  });
  const none = `no traffic in ${span(seconds)}`;
  const tiles: TileProps[] = [
    {
      id: 'requests',
      title: 'Requests',
      value: value('requests'),
      unit: 'per-second',
      ...before('requests'),
      reason: none,
      href: to('providers', '-requests'),
    },
    {
      id: 'errors',
      title: 'Error rate',
      value: value('errors'),
      unit: 'share',
      ...before('errors'),
      reason: none,
      tone: 'red',
      href: to('providers', 'success'),
    },
    {
      id: 'p95',
      title: 'Latency, p95',
      value: value('p95'),
      unit: 'seconds',
      ...before('p95'),
      reason: `no answer in ${span(seconds)}`,
      href: to('providers', '-p95'),
    },
    {
      id: 'first token',
      title: 'First token, p95',
      value: value('first token'),
      unit: 'seconds',
      ...before('first token'),
      reason: `no stream in ${span(seconds)}`,
      href: to('providers', '-first'),
    },
    { ...costTile(what, value('cost'), seconds), ...(what.provider === null ? {} : before('cost')), href: to('providers', '-cost') },
    what.provider !== null
      ? {
          id: 'tokens',
          title: 'Tokens',
          value: value('tokens'),
          unit: 'tokens-per-second',
          ...before('tokens'),
          reason: none,
          href: to('providers'),
        }
      : {
          id: 'hits',
          title: 'Cache hits',
          value: value('hits'),
          unit: 'share',
          ...before('hits'),
          reason: `no lookup in ${span(seconds)}`,
          href: to('cache'),
        },
  ];
  return (
    <section class="tiles-box" aria-label="At a glance">
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      <div class="tiles">
        {tiles.map((tile) => (
          <Tile key={tile.id} {...tile} spark={spark(tile.id)} outdated={loaded.outdated} />
        ))}
      </div>
      <div class="tiles-foot muted">
        <span>
          {what.provider === null ? `Over ${span(seconds)}, but for the cost of today.` : `Over ${span(seconds)}.`}
          {hasEarlier.value ? '' : ' There is no time before it to compare with yet.'}
        </span>
        <Help
          title="the tiles"
          about="Each number is over the time that is shown, or over the time that the service has run if that is shorter."
          lines={[...values, ...(hasEarlier.value ? compared : [])]}
        />
      </div>
    </section>
  );
}

function tileLines(family: Families, what: Scope, window: Window): Line[] {
  const lines = [
    { name: 'requests', expr: requestRate(family, what, window) },
    { name: 'errors', expr: errorRate(family, what, window) },
    { name: 'p95', expr: latency(0.95, family, what, window) },
    { name: 'first token', expr: firstToken(0.95, what, window) },
    { name: 'cost', expr: cost(what, window) },
  ];
  const last = what.provider === null ? { name: 'hits', expr: hits(window) } : { name: 'tokens', expr: sum(tokenRates(what, window)) };
  return [...lines, last];
}

function sparkLines(family: Families, what: Scope, window: Window): Line[] {
  return tileLines(family, what, window).map((line) => (line.name === 'cost' ? { name: 'cost', expr: costPerHour(what, window) } : line));
}

/** The cache of answers where there is one, else Redis. */
function hits(window: Window): string {
  return has('llm_cache_lookups_total') || !has('redis_keyspace_hits_total') ? answerHitRate(window) : redisHitRate(window);
}

function earlier(lines: readonly Line[]): Line[] {
  return lines.map(({ name, expr }) => ({ name: `${name}, before`, expr }));
}

/** Today's cost and where the month goes; of one provider what it cost in the range. */
function costTile(what: Scope, inRange: number | null, seconds: number): Omit<TileProps, 'href'> {
  const spend = app.value.data?.spend;
  if (what.provider !== null || !spend) {
    return { id: 'cost', title: `Cost in ${span(seconds)}`, value: inRange, unit: 'usd', reason: `no priced call in ${span(seconds)}` };
  }
  const notes = [
    // A process that began today knows no more of the month than of the day.
    isKnown(spend.month?.usd) && spend.month.since !== spend.today?.since
      ? `${format(spend.month.usd, 'usd')} this month${incompleteMonth(spend.month)}`
      : null,
    isKnown(spend.forecast?.usd) ? `month’s end: ≈ ${format(spend.forecast.usd, 'usd')}` : null,
    spend.unpricedRequests ? `${plural(spend.unpricedRequests, 'call')} of unknown cost` : null,
  ];
  return {
    id: 'cost',
    title: `Cost ${incomplete(spend.today) ?? 'today'}`,
    value: spend.today?.usd ?? null,
    unit: 'usd',
    note: notes.filter((note) => note !== null),
    reason: 'no priced call yet',
  };
}

/** "since 09:14" where the process has not seen the whole day. */
function incomplete(amount: Amount | null): string | null {
  const since = parseTime(amount?.since);
  if (since === null || since % 86_400 === 0) return null;
  return `since ${clock(since, now.value, false)}`;
}

/** " (since 24 Nov)" where the process has not seen the whole month. */
function incompleteMonth(amount: Amount): string {
  const since = parseTime(amount.since);
  if (since === null || new Date(since * 1000).getUTCDate() === 1) return '';
  return ` (since ${day(since)})`;
}

function find(samples: readonly Sample[] | null, name: string): number | null {
  return samples?.find((sample) => sample.labels[LINE] === name)?.value ?? null;
}

function sparks(series: readonly Series[] | null, times: { start: number; end: number; step: number }) {
  const data = series === null ? null : columns(series, times, (labels) => labels[LINE] ?? '');
  return (name: string): readonly (number | null)[] => data?.lines.find((line) => line.name === name)?.values ?? [];
}
