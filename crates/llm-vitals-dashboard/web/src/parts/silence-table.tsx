/** Silences that are in force or about to be, also those that cover nothing now. */

import { formatMatchers } from '../promql/matchers.ts';
import { span } from '../format/number.ts';
import { clock, parseTime } from '../format/time.ts';
import type { Silence } from '../api/silences.ts';
import { alerts } from '../state/alerts.ts';
import { wall } from '../state/clock.ts';
import { quiet } from '../state/service.ts';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { EndSilence } from './silence.tsx';
import { Table } from './table.tsx';

export function SilenceTable() {
  const used = new Set(alerts.value.flatMap((alert) => alert.silences.map((silence) => silence.id)));
  // Those of the rows above are ended there.
  const idle = (quiet.value.data ?? []).filter((silence) => !used.has(silence.id));
  if (idle.length === 0) return null;
  return (
    <Panel title="Silences without an alert" note={String(idle.length)} wide>
      <Table
        caption="Silences without an alert"
        rows={idle}
        keyOf={(silence) => silence.id}
        columns={[
          { id: 'of', title: 'Of', show: (silence) => <Name text={formatMatchers(silence.matchers)} most={160} /> },
          { id: 'by', title: 'By', show: (silence) => <Name text={silence.createdBy} most={30} /> },
          { id: 'why', title: 'Comment', show: (silence) => <Name text={silence.comment} most={80} /> },
          { id: 'end', title: 'Until', show: (silence) => <EndSilence silence={silence} left={until(silence)} /> },
        ]}
      />
    </Panel>
  );
}

function until(silence: Silence): string {
  const start = parseTime(silence.startsAt);
  const end = parseTime(silence.endsAt);
  if (end === null) return '';
  if (start !== null && start > wall.value) return `from ${clock(start, wall.value)}`;
  return `${span(end - wall.value)} left`;
}
