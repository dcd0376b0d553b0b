/** Every health check: how it is, since when, and what it said. */

import type { Check, CheckState } from '../api/application.ts';
import { format, span, UNKNOWN } from '../format/number.ts';
import { plain, words } from '../format/text.ts';
import { parseTime } from '../format/time.ts';
import { wall } from '../state/clock.ts';
import { app } from '../state/service.ts';
import { When } from './error-table.tsx';
import { Empty, Failure, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

const RANK: Record<CheckState, number> = { down: 0, degraded: 1, unknown: 2, up: 3 };
const LINES = [{ name: 'state', expr: 'health_check_status == 1' }];

export function Checks() {
  const { data, error, at } = app.value;
  const checks = [...(data?.checks ?? [])].sort((one, other) => RANK[one.state] - RANK[other.state] || (one.name < other.name ? -1 : 1));
  return (
    <Panel title="Checks" note={counts(checks)} about={{ text: 'Each health check, the worst first.', lines: LINES }} wide>
      {error && <Failure error={error} at={at} />}
      {data === null ? (
        error === null && <Waiting />
      ) : checks.length === 0 ? (
        <Empty>No check is registered. Register one with the health crate, and it is shown here.</Empty>
      ) : (
        <Table
          caption="Checks"
          rows={checks}
          keyOf={(check) => `${check.group}\n${check.name}`}
          columns={[
            { id: 'name', title: 'Check', by: (check) => check.name, show: (check) => <Name text={check.name} /> },
            { id: 'state', title: 'State', by: (check) => RANK[check.state], show: (check) => <State state={check.state} /> },
            { id: 'since', title: 'For', by: (check) => parseTime(check.since), show: (check) => since(check) },
            { id: 'message', title: 'Says', wide: true, show: (check) => says(check.message) },
            { id: 'group', title: 'Group', by: (check) => check.group, show: (check) => <Name text={check.group ?? UNKNOWN} most={30} /> },
            { id: 'last', title: 'Last run', by: (check) => parseTime(check.lastRun), show: (check) => <When text={check.lastRun} /> },
            {
              id: 'took',
              title: 'Took',
              by: (check) => check.durationSeconds,
              show: (check) => format(check.durationSeconds, 'seconds'),
              figure: true,
            },
          ]}
        />
      )}
    </Panel>
  );
}

function counts(checks: readonly Check[]): string | undefined {
  if (checks.length === 0) return undefined;
  const states = ['down', 'degraded', 'unknown', 'up'] as const;
  const parts = states.map((state) => [checks.filter((check) => check.state === state).length, state] as const);
  return parts
    .filter(([count]) => count > 0)
    .map(([count, state]) => `${count} ${state}`)
    .join(', ');
}

function since(check: Check): string {
  const time = parseTime(check.since);
  return time === null ? UNKNOWN : span(wall.value - time);
}

function says(message: string | null) {
  if (!message) return null;
  // The kind of an error as it is counted, or a sentence.
  const text = /^[a-z_]+$/.test(message) ? words(message) : message;
  return <span class="wrap">{plain(text, 200)}</span>;
}
