/** Who is told of alerts, and whether that works. */

import type { Receiver } from '../api/application.ts';
import { format, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { app } from '../state/service.ts';
import { Empty, Waiting } from './empty.tsx';
import { When } from './error-table.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

export function Receivers() {
  const { data, error } = app.value;
  const rows = data?.receivers ?? [];
  return (
    <Panel title="Notifications" note="who is told of alerts" wide>
      {data === null && error === null ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <Empty>Nobody is told of alerts. Receivers are set up in the configuration, under alerts.</Empty>
      ) : (
        <Table
          caption="Notifications"
          rows={rows}
          keyOf={(row) => `${row.receiver}\n${row.integration}`}
          columns={[
            { id: 'who', title: 'Receiver', show: (row) => <Who row={row} /> },
            {
              id: 'state',
              title: 'State',
              show: (row) => <State state={row.state} word={row.state === 'unused' ? 'not used yet' : row.state} />,
            },
            { id: 'why', title: 'Trouble', wide: true, show: trouble },
            { id: 'last', title: 'Last told', show: (row) => <When text={row.lastSuccess} /> },
            { id: 'sent', title: 'Sent', show: (row) => format(row.sent, 'count'), figure: true },
            { id: 'failed', title: 'Failed', show: (row) => format(row.failed, 'count'), figure: true },
            { id: 'queued', title: 'Waiting', show: (row) => format(row.queued, 'count'), figure: true },
          ]}
        />
      )}
    </Panel>
  );
}

function Who({ row }: { row: Receiver }) {
  return (
    <span class="two-lines">
      <Name text={row.receiver} most={30} />
      <span class="muted">{plain(row.integration || UNKNOWN, 40)}</span>
    </span>
  );
}

function trouble(row: Receiver) {
  if (!row.lastError || row.state === 'ok') return null;
  return <span class="wrap">{plain(row.lastError, 200)}</span>;
}
