/** What fires, what is about to, what is silenced and what was. */

import { plural } from '../format/text.ts';
import { AlertRow } from '../parts/alert-row.tsx';
import { AlertHistory } from '../parts/alert-history.tsx';
import { Empty, Failure, Waiting } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { RuleTable } from '../parts/rule-table.tsx';
import { SilenceTable } from '../parts/silence-table.tsx';
import { alertRules, alerts, type Alert } from '../state/alerts.ts';
import { rules } from '../state/service.ts';

const LINES = [{ name: 'alerts', expr: 'ALERTS' }];

export function AlertsView() {
  const { data, error, at } = rules.value;
  const firing = alerts.value.filter((alert) => alert.state === 'firing' && alert.silences.length === 0);
  const silenced = alerts.value.filter((alert) => alert.silences.length > 0);
  const pending = alerts.value.filter((alert) => alert.state === 'pending' && alert.silences.length === 0);
  const none = alertRules.value.length === 0;
  const calm = none
    ? 'There are no alert rules. Set alerts.default_pack to true, or name your own files under alerts.files.'
    : `Nothing fires. ${plural(alertRules.value.length, 'rule')} ${alertRules.value.length === 1 ? 'is' : 'are'} watching.`;
  return (
    <>
      {error && <Failure error={error} at={at} />}
      <Panel
        title="Firing"
        note={data === null ? undefined : String(firing.length)}
        about={{ text: 'Alerts whose condition has held for long enough.', lines: LINES }}
        wide
      >
        {data === null ? error === null && <Waiting /> : firing.length === 0 ? <Empty>{calm}</Empty> : <Rows alerts={firing} />}
      </Panel>
      {pending.length > 0 && (
        <Panel title="Pending" note={`${pending.length}, not for long enough yet`} wide>
          <Rows alerts={pending} />
        </Panel>
      )}
      {silenced.length > 0 && (
        <Panel title="Silenced" note={String(silenced.length)} wide>
          <Rows alerts={silenced} />
        </Panel>
      )}
      <SilenceTable />
      <AlertHistory />
      <RuleTable />
    </>
  );
}

function Rows({ alerts: shown }: { alerts: readonly Alert[] }) {
  return (
    <ul class="alert-list">
      {shown.map((alert) => (
        <AlertRow key={alert.key} alert={alert} />
      ))}
    </ul>
  );
}
