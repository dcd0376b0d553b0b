/** Silencing an alert for a while, and ending that: two clicks each way. */

import { useState } from 'preact/hooks';

import { ApiError } from '../api/client.ts';
import { endSilence, exactly, silence as silenceFor, silences, type Silence } from '../api/silences.ts';
import { span } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { formatMatchers } from '../promql/matchers.ts';
import type { Alert } from '../state/alerts.ts';
import { go } from '../state/place.ts';
import { canSilence, quiet, reload } from '../state/service.ts';
import { Icon } from './icon.tsx';
import { Popup } from './popup.tsx';

export const CHOICES = [3600, 4 * 3600, 86_400];

export function SilenceMenu({ alert }: { alert: Alert }) {
  const [problem, tell] = useState<string | null>(null);
  const [isBusy, busy] = useState(false);
  if (!canSilence.value) return null;
  const put = async (seconds: number, close: () => void): Promise<void> => {
    busy(true);
    const said = await attempt(() => silenceFor(exactly(alert.labels), seconds, `Silenced in the dashboard for ${span(seconds)}`));
    busy(false);
    tell(said);
    if (said === null) close();
  };
  return (
    <Popup
      name={`Silence ${plain(alert.name)}`}
      className="button small"
      label={
        <>
          <Icon name="silenced" size={14} />
          Silence
        </>
      }
    >
      {(close) => (
        <div class="menu">
          <p class="muted">Tell nobody for</p>
          {CHOICES.map((seconds) => (
            <button key={seconds} type="button" class="button" disabled={isBusy} onClick={() => void put(seconds, close)}>
              {spoken(seconds)}
            </button>
          ))}
          <button
            type="button"
            class="button plain"
            onClick={() => {
              close();
              go({ silence: formatMatchers(exactly(alert.labels)) });
            }}
          >
            More alerts …
          </button>
          {problem !== null && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
      )}
    </Popup>
  );
}

/** A choice as people say it. */
export function spoken(seconds: number): string {
  return span(seconds).replace('60\u00a0min', '1\u00a0h').replace('24\u00a0h', '1\u00a0day');
}

export function EndSilence({ silence, left }: { silence: Silence; left: string }) {
  const [problem, tell] = useState<string | null>(null);
  const [isBusy, busy] = useState(false);
  const end = async (): Promise<void> => {
    busy(true);
    tell(await attempt(() => endSilence(silence.id)));
    busy(false);
  };
  return (
    <span class="row">
      <span class="muted nowrap">{left}</span>
      {canSilence.value && (
        <button type="button" class="button small" disabled={isBusy} onClick={() => void end()}>
          End silence
        </button>
      )}
      {problem !== null && (
        <span class="problem" role="alert">
          {problem}
        </span>
      )}
    </span>
  );
}

/** Does it and looks what is silenced then; says what went wrong. */
export async function attempt(what: () => Promise<unknown>): Promise<string | null> {
  try {
    await what();
    await reload(quiet, silences);
    return null;
  } catch (error) {
    return error instanceof ApiError ? `That did not work: ${error.message}.` : 'That did not work.';
  }
}
