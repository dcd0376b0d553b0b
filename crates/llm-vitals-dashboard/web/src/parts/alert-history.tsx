/** What alerts did, the newest first, as the application remembers it. */

import type { Change } from '../api/application.ts';
import { format, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { ago, clock, parseTime } from '../format/time.ts';
import { wall } from '../state/clock.ts';
import { app } from '../state/service.ts';
import { Empty, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

const MOST = 100;

export function AlertHistory() {
  const { data, error } = app.value;
  const rows = (data?.history ?? []).slice(0, MOST).map((change, index) => ({ change, index }));
  return (
    <Panel title="History" note={rows.length > 0 ? `the last ${rows.length} changes` : undefined} wide>
      {data === null && error === null ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <Empty>No alert has changed since the service started.</Empty>
      ) : (
        <Table
          caption="History of the alerts"
          rows={rows}
          keyOf={({ change, index }) => `${change.at}${index}`}
          columns={[
            { id: 'at', title: 'When', show: ({ change }) => <At change={change} /> },
            { id: 'to', title: 'Became', show: ({ change }) => <Became change={change} /> },
            { id: 'what', title: 'Alert', show: ({ change }) => <What change={change} /> },
            { id: 'value', title: 'Value', show: ({ change }) => format(change.value, 'number'), figure: true },
          ]}
        />
      )}
    </Panel>
  );
}

function At({ change }: { change: Change }) {
  const time = parseTime(change.at);
  if (time === null) return <>{UNKNOWN}</>;
  return (
    <span class="two-lines">
      {clock(time, wall.value)}
      <span class="muted">{ago(time, wall.value)}</span>
    </span>
  );
}

function Became({ change }: { change: Change }) {
  const to = change.to ?? 'inactive';
  if (to === 'firing' && (change.severity === 'critical' || change.severity === 'page')) return <State state="critical" word="firing" />;
  return <State state={to} word={to === 'inactive' ? 'not pending any more' : to} />;
}

function What({ change }: { change: Change }) {
  const labels = Object.entries(change.labels ?? {}).filter(([name]) => name !== 'alertname' && name !== 'severity');
  return (
    <span class="two-lines">
      <Name text={change.alertname} />
      <span class="muted">
        {change.summary ? (
          <Name text={change.summary} most={160} />
        ) : (
          labels.map(([name, value]) => <Name key={name} text={value} most={40} />)
        )}
        {change.reason && <> · {plain(change.reason, 80)}</>}
      </span>
    </span>
  );
}
