/** One alert: what it says, since when, what it rests on, and the way to silence it. */

import { useId } from 'preact/hooks';

import { span, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { parseTime } from '../format/time.ts';
import { isSevere, type Alert } from '../state/alerts.ts';
import { wall } from '../state/clock.ts';
import { go, place } from '../state/place.ts';
import { Evidence } from './evidence.tsx';
import { Name } from './name.tsx';
import { EndSilence, SilenceMenu } from './silence.tsx';
import { State } from './state.tsx';

/** Labels that are told otherwise. */
const TOLD = ['alertname', 'severity'];

export function AlertRow({ alert }: { alert: Alert }) {
  const id = useId();
  const isOpen = place.value.alert === alert.key;
  const { silences, labels, annotations } = alert;
  const [silence] = silences;
  const summary = annotations.summary ?? annotations.description;
  const state = silence ? 'silenced' : alert.state === 'pending' ? 'pending' : isSevere(alert.severity) ? 'critical' : 'warning';
  const toggle = (): void => go({ alert: isOpen ? null : alert.key }, true);
  return (
    <li class={isOpen ? 'alert open' : 'alert'} data-alert={alert.name}>
      <div class="alert-head">
        <State state={state} word={silence ? 'silenced' : alert.state === 'pending' ? 'pending' : alert.severity || 'firing'} />
        <div class="alert-text">
          <button type="button" class="link strong" aria-expanded={isOpen} aria-controls={id} onClick={toggle}>
            <Name text={alert.name} />
          </button>
          {summary && <p>{plain(summary, 300)}</p>}
          <p class="muted labels">
            {Object.entries(labels)
              .filter(([name]) => !TOLD.includes(name))
              .map(([name, value]) => (
                <span key={name} class="label">
                  {plain(name, 30)} <Name text={value} most={40} />
                </span>
              ))}
          </p>
        </div>
        <div class="alert-side">
          <span class="muted nowrap">{alert.since === null ? UNKNOWN : `for ${span(wall.value - alert.since)}`}</span>
          {silence ? <EndSilence silence={silence} left={left(silence.endsAt)} /> : <SilenceMenu alert={alert} />}
        </div>
      </div>
      {isOpen && (
        <div id={id}>
          <Evidence alert={alert} />
        </div>
      )}
    </li>
  );
}

function left(endsAt: string): string {
  const end = parseTime(endsAt);
  return end === null ? '' : `${span(end - wall.value)} left`;
}
