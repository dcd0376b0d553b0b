/** What is left of the rate limits that providers tell. */

import { format, isKnown } from '../format/number.ts';
import { words } from '../format/text.ts';
import { LINE, matchers, select, union, type Scope } from '../promql/text.ts';
import { useInstant } from '../state/load.ts';
import { lacks } from '../state/service.ts';
import { Bar } from './bar.tsx';
import { Empty, Failure, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { Table } from './table.tsx';

interface Row {
  provider: string;
  resource: string;
  remaining: number | null;
  limit: number | null;
  reset: number | null;
}

export function Limits({ what, wide = false }: { what: Scope; wide?: boolean }) {
  const only = matchers(what);
  const lines = [
    { name: 'remaining', expr: select('llm_rate_limit_remaining', only) },
    { name: 'limit', expr: select('llm_rate_limit_limit', only) },
    { name: 'reset', expr: select('llm_rate_limit_reset_seconds', only) },
  ];
  const absent = lacks('llm_rate_limit_remaining', 'llm_rate_limit_limit');
  const loaded = useInstant(absent ? null : union(lines));
  const rows = new Map<string, Row>();
  for (const { labels, value } of loaded.data ?? []) {
    const { provider = '', resource = '' } = labels;
    const key = `${provider}\n${resource}`;
    const row = rows.get(key) ?? { provider, resource, remaining: null, limit: null, reset: null };
    rows.set(key, { ...row, [labels[LINE] ?? '']: value });
  }
  const shown = [...rows.values()].sort((one, other) => (share(one) ?? 2) - (share(other) ?? 2));
  return (
    <Panel title="Rate limits" about={{ text: 'What is left of a provider’s rate limit, as its last answer said.', lines }} wide={wide}>
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      {absent || loaded.data?.length === 0 ? (
        <Empty>
          {what.provider === null ? 'No provider has told its limits.' : 'This provider has not told its limits.'} They come with answers,
          in headers such as x-ratelimit-remaining-requests.
        </Empty>
      ) : loaded.data === null ? (
        loaded.error === null && <Waiting />
      ) : (
        <Table
          caption="Rate limits"
          rows={shown}
          keyOf={(row) => `${row.provider}\n${row.resource}`}
          columns={[
            { id: 'who', title: 'Provider', show: (row) => <Name text={row.provider} most={30} /> },
            { id: 'resource', title: 'Of', show: (row) => <Name text={words(row.resource)} most={30} /> },
            { id: 'left', title: 'Left', show: (row) => <Left row={row} />, figure: true },
            { id: 'limit', title: 'Limit', show: (row) => format(row.limit, 'count'), figure: true },
            { id: 'reset', title: 'Whole again in', show: (row) => format(row.reset, 'seconds'), figure: true },
          ]}
        />
      )}
    </Panel>
  );
}

function share(row: Row): number | null {
  return isKnown(row.remaining) && isKnown(row.limit) && row.limit > 0 ? row.remaining / row.limit : null;
}

function Left({ row }: { row: Row }) {
  const left = share(row);
  const tone = left !== null && left < 0.1 ? 'red' : left !== null && left < 0.25 ? 'amber' : 'accent';
  return <Bar share={left} tone={tone} text={format(row.remaining, 'count')} />;
}
