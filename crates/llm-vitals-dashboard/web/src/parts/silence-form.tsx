/** The form for a silence of any conditions, as links in messages open it. */

import { useState } from 'preact/hooks';

import { silence as silenceFor } from '../api/silences.ts';
import { plural } from '../format/text.ts';
import { meets, parseMatchers } from '../promql/matchers.ts';
import { alerts } from '../state/alerts.ts';
import { go, place } from '../state/place.ts';
import { app, canSilence, quiet } from '../state/service.ts';
import { Dialog } from './dialogs.tsx';
import { attempt, CHOICES, spoken } from './silence.tsx';

/** From an hour to a week, and first what one takes at night. */
const HOURS = [...CHOICES, 3 * 86_400, 7 * 86_400];

export function SilenceForm() {
  const [text, setText] = useState(place.value.silence ?? '');
  const [seconds, choose] = useState(HOURS[0] ?? 3600);
  const [comment, setComment] = useState('');
  const [problem, tell] = useState<string | null>(null);
  const [isBusy, busy] = useState(false);
  const close = (): void => go({ silence: null }, true);
  const matchers = parseMatchers(text);
  const covered = matchers === null ? [] : alerts.value.filter((alert) => meets(matchers, alert.labels));
  // A silence that an empty label set would meet is refused by the service: it would cover everything.
  const isEmpty = matchers === null || meets(matchers, {});
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (matchers === null || isEmpty) return;
    busy(true);
    const said = await attempt(() => silenceFor(matchers, seconds, comment.trim() || `Silenced in the dashboard for ${spoken(seconds)}`));
    busy(false);
    tell(said);
    if (said === null) close();
  };
  return (
    <Dialog title="Silence alerts" onClose={close}>
      {isRefused() ? (
        <>
          <p>This service tells nobody of alerts, so there is nothing to silence.</p>
          <button type="button" class="button" onClick={close}>
            Close
          </button>
        </>
      ) : (
        <form onSubmit={(event) => void submit(event)}>
          <label>
            Alerts with
            <textarea rows={3} spellcheck={false} value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <p class="muted" role="status">
            {matchers === null
              ? 'This cannot be read: conditions look like {alertname="A", provider=~"b|c"}.'
              : isEmpty
                ? 'This would cover every alert: at least one condition must name a value.'
                : `Covers ${covered.length === 0 ? 'no alert' : plural(covered.length, 'alert')} now, and those that come later.`}
          </p>
          <label>
            For
            <select class="button" value={seconds} onChange={(event) => choose(Number(event.currentTarget.value))}>
              {HOURS.map((each) => (
                <option key={each} value={each}>
                  {spoken(each)}
                </option>
              ))}
            </select>
          </label>
          <label>
            Why
            <input
              class="field"
              placeholder="For those who wonder why it is quiet"
              value={comment}
              onInput={(event) => setComment(event.currentTarget.value)}
            />
          </label>
          {problem !== null && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
          <p class="row">
            <button type="submit" class="button primary" disabled={isBusy || isEmpty || !canSilence.value}>
              Silence
            </button>
            <button type="button" class="button" onClick={close}>
              Cancel
            </button>
          </p>
        </form>
      )}
    </Dialog>
  );
}

/** Whether it is known that there are no silences here. */
function isRefused(): boolean {
  const { data } = app.value;
  return data !== null && (!data.canWrite || quiet.value.error?.trouble === 'missing');
}
