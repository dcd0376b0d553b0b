/** Which keys fill Redis: by prefix, as the last sweep found them. */

import { format, isKnown } from '../format/number.ts';
import { LINE, union } from '../promql/text.ts';
import { useInstant } from '../state/load.ts';
import { lacks } from '../state/service.ts';
import { Bar } from './bar.tsx';
import { Empty, Failure, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { Table } from './table.tsx';

interface Row {
  node: string;
  group: string;
  count: number | null;
  bytes: number | null;
}

const LINES = [
  { name: 'count', expr: 'sum by (node, key_group) (redis_key_group_count)' },
  { name: 'bytes', expr: 'sum by (node, key_group) (redis_key_group_memory_usage_bytes)' },
];

export function Keys() {
  const absent = lacks('redis_key_group_count');
  const loaded = useInstant(absent ? null : union(LINES));
  const rows = new Map<string, Row>();
  for (const { labels, value } of loaded.data ?? []) {
    const { node = '', key_group: group = '' } = labels;
    const key = `${node}\n${group}`;
    const row = rows.get(key) ?? { node, group, count: null, bytes: null };
    rows.set(key, { ...row, [labels[LINE] ?? '']: value });
  }
  const sorted = [...rows.values()].sort((one, other) => (other.bytes ?? other.count ?? 0) - (one.bytes ?? one.count ?? 0));
  const all = sorted.reduce((sum, row) => sum + (row.bytes ?? 0), 0);
  const empty =
    'No sweep over the keys has ended yet. The Redis collector looks at the keys only when it is told to; see its documentation under key groups.';
  return (
    <Panel title="Keys by prefix" about={{ text: 'Keys and their memory by prefix, as the last sweep found them.', lines: LINES }} wide>
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      {absent || loaded.data?.length === 0 ? (
        <Empty>{empty}</Empty>
      ) : loaded.data === null ? (
        loaded.error === null && <Waiting />
      ) : (
        <Table
          caption="Keys by prefix"
          rows={sorted}
          keyOf={(row) => `${row.node}\n${row.group}`}
          columns={[
            { id: 'group', title: 'Prefix', by: (row) => row.group, show: (row) => <Name text={row.group} /> },
            { id: 'node', title: 'Server', by: (row) => row.node, show: (row) => <Name text={row.node} most={30} /> },
            { id: 'count', title: 'Keys', by: (row) => row.count, show: (row) => format(row.count, 'count'), figure: true },
            {
              id: 'bytes',
              title: 'Memory',
              by: (row) => row.bytes,
              show: (row) => <Bar share={isKnown(row.bytes) && all > 0 ? row.bytes / all : null} text={format(row.bytes, 'bytes')} />,
              figure: true,
            },
          ]}
        />
      )}
    </Panel>
  );
}
