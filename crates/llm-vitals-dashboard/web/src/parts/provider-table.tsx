/** Providers or their models as a table, the worst first. */

import type { Sample } from '../api/prometheus.ts';
import { columns as grid } from '../chart/data.ts';
import { Spark } from '../chart/spark.tsx';
import { format, isKnown, span, UNKNOWN } from '../format/number.ts';
import { parseTime } from '../format/time.ts';
import { averageLatency, CALLS, cost, firstToken, latency, successRate, tokens } from '../promql/service.ts';
import { LINE, matchers, rate, select, sum, union, type Line, type Scope } from '../promql/text.ts';
import { now, sampleInterval } from '../state/clock.ts';
import { useInstant, useRange, useTimes } from '../state/load.ts';
import { go, place } from '../state/place.ts';
import { app, lacks, span as spanOfService } from '../state/service.ts';
import { everySeconds, rateWindow } from '../state/step.ts';
import { inView } from '../state/url.ts';
import { Bar } from './bar.tsx';
import { Empty, Failure, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { State } from './state.tsx';
import { Table, type Column } from './table.tsx';

interface Row {
  key: string;
  provider: string;
  model: string | null;
  values: Map<string, number>;
  spark: readonly (number | null)[];
}

interface Props {
  title: string;
  what: Scope;
  by: 'provider' | 'model';
  /** Fewer columns, for the overview. */
  short?: boolean;
  tools?: preact.ComponentChildren;
}

export function ProviderTable({ title, what, by, short = false, tools }: Props) {
  const seconds = spanOfService.value;
  const labels = by === 'model' ? ['provider', 'model'] : ['provider'];
  const lines = questions(what, seconds, labels, by);
  const absent = lacks('llm_requests_total');
  const loaded = useInstant(absent ? null : union(lines), everySeconds(seconds));
  const times = useTimes(160);
  const requests = sum(
    rate(select('llm_requests_total', matchers(what)), { seconds: rateWindow(times.step, sampleInterval.value) }),
    labels,
  );
  const small = useRange(absent ? null : requests, times);
  const sparks = small.data === null ? [] : grid(small.data, times, (own) => keyOf(own), [], false, Number.POSITIVE_INFINITY).lines;
  const rows = rowsOf(loaded.data ?? [], by, (key) => sparks.find((line) => line.name === key)?.values ?? []);
  const note = loaded.data === null ? undefined : `${rows.length} called in ${span(seconds)}`;
  const about =
    'Calls to each provider. A fallback that saved a request is a call to two of them, an answer from the cache is none. Success is of the calls that were not cancelled.';
  return (
    <Panel title={title} note={note} about={{ text: about, lines }} tools={tools} wide>
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      {absent || (loaded.data !== null && rows.length === 0) ? (
        <Empty>No provider was called in this range. A request through the service fills this table.</Empty>
      ) : loaded.data === null ? (
        loaded.error === null && <Waiting />
      ) : (
        <Table caption={title} columns={columns(by, short)} rows={rows} keyOf={(row) => row.key} outdated={loaded.outdated} />
      )}
    </Panel>
  );
}

function questions(what: Scope, seconds: number, by: string[], kind: 'provider' | 'model'): Line[] {
  const window = { seconds };
  const lines = [
    { name: 'requests', expr: sum(rate(select('llm_requests_total', matchers(what)), window), by) },
    { name: 'success', expr: successRate(what, window, by) },
    { name: 'average', expr: averageLatency(CALLS, what, window, by) },
    { name: 'p95', expr: latency(0.95, CALLS, what, window, by) },
    { name: 'first token', expr: firstToken(0.95, what, window, by) },
    { name: 'prompt', expr: tokens(what, window, 'prompt', by) },
    { name: 'completion', expr: tokens(what, window, 'completion', by) },
    { name: 'cost', expr: cost(what, window, by) },
  ];
  if (kind === 'model') return lines;
  const remaining = select('llm_rate_limit_remaining', matchers({ ...what, model: null }));
  const limit = select('llm_rate_limit_limit', matchers({ ...what, model: null }));
  return [...lines, { name: 'headroom', expr: `min by (provider) (${remaining} / (${limit} > 0))` }];
}

function rowsOf(samples: readonly Sample[], by: 'provider' | 'model', sparkOf: (key: string) => Row['spark']): Row[] {
  const rows = new Map<string, Row>();
  for (const { labels, value } of samples) {
    const { provider = '', model = null } = labels;
    const key = keyOf(labels);
    const row = rows.get(key) ?? { key, provider, model: by === 'model' ? model : null, values: new Map(), spark: sparkOf(key) };
    row.values.set(labels[LINE] ?? '', value);
    rows.set(key, row);
  }
  return [...rows.values()].sort(worstFirst);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return `${labels.provider ?? ''}\n${labels.model ?? ''}`;
}

/** By the share that failed, then by how much is at stake. Without calls there is nothing bad to say. */
function worstFirst(one: Row, other: Row): number {
  const failed = (row: Row): number => 1 - (row.values.get('success') ?? 1);
  return failed(other) - failed(one) || (other.values.get('requests') ?? 0) - (one.values.get('requests') ?? 0);
}

function columns(by: 'provider' | 'model', short: boolean): Column<Row>[] {
  const value = (name: string) => (row: Row) => row.values.get(name) ?? null;
  const all: (Column<Row> & { long?: boolean })[] = [
    {
      id: 'name',
      title: by === 'model' ? 'Model' : 'Provider',
      by: (row) => row.model ?? row.provider,
      show: (row) => <RowName row={row} />,
    },
    { id: 'health', title: 'Health', show: (row) => <Health provider={row.provider} /> },
    { id: 'success', title: 'Success', by: value('success'), show: (row) => <Success row={row} />, figure: true },
    { id: 'requests', title: 'Requests', by: value('requests'), show: (row) => <Requests row={row} />, figure: true },
    {
      id: 'average',
      title: 'Average',
      by: value('average'),
      show: (row) => format(value('average')(row), 'seconds'),
      figure: true,
      long: true,
    },
    { id: 'p95', title: 'p95', by: value('p95'), show: (row) => format(value('p95')(row), 'seconds'), figure: true },
    {
      id: 'first',
      title: 'First token',
      by: value('first token'),
      show: (row) => format(value('first token')(row), 'seconds'),
      figure: true,
      long: true,
    },
    {
      id: 'prompt',
      title: 'Tokens in',
      by: value('prompt'),
      show: (row) => format(value('prompt')(row), 'number'),
      figure: true,
      long: true,
    },
    {
      id: 'completion',
      title: 'Tokens out',
      by: value('completion'),
      show: (row) => format(value('completion')(row), 'number'),
      figure: true,
      long: true,
    },
    { id: 'cost', title: 'Cost', by: value('cost'), show: (row) => format(value('cost')(row), 'usd'), figure: true },
    {
      id: 'headroom',
      title: 'Limit left',
      by: value('headroom'),
      show: (row) => <Headroom share={value('headroom')(row)} />,
      figure: true,
      long: true,
    },
  ];
  const left = by === 'model' ? ['health', 'headroom'] : [];
  return all.filter((column) => !left.includes(column.id) && !(short && column.long));
}

function RowName({ row }: { row: Row }) {
  const open = (): void => go(inView(place.value, 'providers', { provider: row.provider, model: row.model, by: 'provider' }));
  return (
    <button type="button" class="link" onClick={open}>
      <Name text={row.model ?? row.provider} most={48} />
      {row.model !== null && place.value.provider === null && (
        <span class="muted">
          <Name text={row.provider} most={30} />
        </span>
      )}
    </button>
  );
}

function Health({ provider }: { provider: string }) {
  const check = app.value.data?.checks?.find(({ name }) => name === provider);
  if (!check) return <span class="muted">{UNKNOWN}</span>;
  const since = parseTime(check.since);
  return (
    <span class="with-age">
      <State state={check.state} />
      {since !== null && <span class="muted">{span(now.value - since)}</span>}
    </span>
  );
}

function Success({ row }: { row: Row }) {
  const share = row.values.get('success') ?? null;
  const tone = isKnown(share) && share < 0.5 ? 'red' : isKnown(share) && share < 0.95 ? 'amber' : 'accent';
  return <Bar share={share} tone={tone} />;
}

function Requests({ row }: { row: Row }) {
  return (
    <span class="with-spark">
      <Spark values={row.spark} width={72} height={20} />
      <span>{format(row.values.get('requests') ?? null, 'per-second')}</span>
    </span>
  );
}

function Headroom({ share }: { share: number | null }) {
  if (!isKnown(share)) return <span class="muted">{UNKNOWN}</span>;
  return <Bar share={share} tone={share < 0.1 ? 'red' : share < 0.25 ? 'amber' : 'accent'} />;
}
