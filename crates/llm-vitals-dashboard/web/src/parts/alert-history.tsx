/** What alerts did, the newest first, as the application remembers it. */

import { useState } from 'preact/hooks';

import type { Change } from '../api/application.ts';
import type { Matcher } from '../api/silences.ts';
import { format, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { ago, clock, parseTime } from '../format/time.ts';
import { unitOf } from '../format/unit-of.ts';
import { meets } from '../promql/matchers.ts';
import { alertRules, isSevere } from '../state/alerts.ts';
import { wall } from '../state/clock.ts';
import { app } from '../state/service.ts';
import { Empty, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

const MOST = 200;

/** Rows that are shown before somebody asks for all. */
const FEW = 12;

export function AlertHistory({ only }: { only: readonly Matcher[] | null }) {
  const { data, error } = app.value;
  const [isWhole, showAll] = useState(false);
  const all = (data?.history ?? [])
    .filter((change) => only === null || meets(only, { alertname: change.alertname, ...change.labels }))
    .slice(0, MOST);
  // Conditions that come and go without firing are many, and nobody was told of them.
  const told = all.filter((change) => change.to === 'firing' || change.from === 'firing');
  const shown = isWhole ? all : told.slice(0, FEW);
  const rows = shown.map((change, index) => ({ change, index }));
  return (
    <Panel title="History" note={told.length > 0 ? 'what fired, and what was resolved' : undefined} wide>
      {data === null && error === null ? (
        <Waiting />
      ) : rows.length === 0 ? (
        <Empty>No alert has fired {only === null ? '' : 'of these '}since the service started.</Empty>
      ) : (
        <Table
          caption="History of the alerts"
          rows={rows}
          keyOf={({ change, index }) => `${change.at}${index}`}
          columns={[
            { id: 'at', title: 'When', show: ({ change }) => <At change={change} /> },
            { id: 'to', title: 'Became', show: ({ change }) => <Became change={change} /> },
            { id: 'value', title: 'Value', show: ({ change }) => format(change.value, unitOf(ruleOf(change))), figure: true },
            { id: 'what', title: 'Alert', show: ({ change }) => <What change={change} />, wide: true },
          ]}
        />
      )}
      {all.length > told.slice(0, FEW).length && (
        <button type="button" class="button small" aria-expanded={isWhole} onClick={() => showAll(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${all.length} changes, also of what did not fire`}
        </button>
      )}
    </Panel>
  );
}

function ruleOf(change: Change) {
  return alertRules.value.find((rule) => rule.name === change.alertname);
}

function At({ change }: { change: Change }) {
  const time = parseTime(change.at);
  if (time === null) return <>{UNKNOWN}</>;
  return (
    <span class="two-lines">
      <span class="nowrap">{clock(time, wall.value)}</span>
      <span class="muted nowrap">{ago(time, wall.value)}</span>
    </span>
  );
}

function Became({ change }: { change: Change }) {
  const to = change.to ?? 'inactive';
  if (to === 'firing' && isSevere(change.severity)) return <State state="critical" word="firing" />;
  return <State state={to} word={to === 'inactive' ? 'over' : to} />;
}

function What({ change }: { change: Change }) {
  const labels = Object.entries(change.labels ?? {}).filter(([name]) => name !== 'alertname' && name !== 'severity');
  return (
    <span class="two-lines">
      <Name text={change.alertname} />
      <span class="muted wrap">
        {change.summary ? plain(change.summary, 200) : labels.map(([name, value]) => <Name key={name} text={value} most={40} />)}
        {change.reason && <> · {plain(change.reason, 80)}</>}
      </span>
    </span>
  );
}
