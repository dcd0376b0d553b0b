/** What fires, what is about to, what is silenced and what was. */

import { useEffect, useRef } from 'preact/hooks';

import { plural } from '../format/text.ts';
import { AlertFilter, wanted } from '../parts/alert-filter.tsx';
import { AlertRow } from '../parts/alert-row.tsx';
import { AlertHistory } from '../parts/alert-history.tsx';
import { Empty, Failure, Waiting } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { Receivers } from '../parts/receiver-table.tsx';
import { RuleTable } from '../parts/rule-table.tsx';
import { SilenceTable } from '../parts/silence-table.tsx';
import { meets } from '../promql/matchers.ts';
import { alertRules, alerts, type Alert } from '../state/alerts.ts';
import { go, place } from '../state/place.ts';
import { rules, unreached } from '../state/service.ts';

const LINES = [{ name: 'alerts', expr: 'ALERTS' }];

export function AlertsView() {
  const { data, error, at } = rules.value;
  const matchers = wanted();
  const shown = alerts.value.filter((alert) => matchers === null || meets(matchers, alert.labels));
  const firing = shown.filter((alert) => alert.state === 'firing' && alert.silences.length === 0);
  const silenced = shown.filter((alert) => alert.silences.length > 0);
  const pending = shown.filter((alert) => alert.state === 'pending' && alert.silences.length === 0);
  useOpen(matchers !== null && data !== null ? shown : []);
  const none = alertRules.value.length === 0;
  const calm = none
    ? 'There are no alert rules. Set alerts.default_pack to true, or name your own files under alerts.files.'
    : `Nothing ${matchers === null ? '' : 'of it '}fires. ${plural(alertRules.value.length, 'rule')} ${alertRules.value.length === 1 ? 'is' : 'are'} watching.`;
  return (
    <>
      {error && <Failure error={error} at={at} />}
      <AlertFilter found={shown.length} />
      <Panel
        title="Firing"
        note={data === null ? undefined : String(firing.length)}
        about={{ text: 'Alerts whose condition has held for long enough.', lines: LINES }}
        wide
      >
        {data === null ? error === null && <Waiting /> : firing.length === 0 ? <Empty>{calm}</Empty> : <Rows alerts={firing} />}
      </Panel>
      {unreached.value.length > 0 && <Receivers />}
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
      <AlertHistory only={matchers} />
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

/** Opens the one alert that a link meant, once. */
function useOpen(found: readonly Alert[]): void {
  const opened = useRef<string | null>(null);
  const { match, alert } = place.value;
  const [only] = found;
  useEffect(() => {
    if (match === null || alert !== null || found.length !== 1 || !only || opened.current === match) return;
    opened.current = match;
    go({ alert: only.key }, true);
  }, [match, only?.key, found.length]);
}
