/** What stands where there is nothing to show, nothing yet, or no answer. */

import type { ComponentChildren } from 'preact';

import type { ApiError } from '../api/client.ts';
import { clock } from '../format/time.ts';
import { refresh } from '../state/clock.ts';
import { UNKNOWN } from '../format/number.ts';

export function Empty({ children }: { children: ComponentChildren }) {
  return (
    <p class="empty">
      <span aria-hidden="true">{UNKNOWN}</span> {children}
    </p>
  );
}

export function Waiting() {
  return (
    <p class="empty" aria-busy="true">
      Loading
    </p>
  );
}

/** Says what failed, how old the picture is, and lets the reader try again. */
export function Failure({ error, at }: { error: ApiError; at: number | null }) {
  const age = at === null ? '' : ` Shown is the state of ${clock(at, Date.now() / 1000)}.`;
  // The frame of the page says that the service is gone, and offers to try again.
  if (error.trouble === 'lost') return <p class="muted failure-small">{age === '' ? 'No answer from the service.' : age}</p>;
  return (
    <p class="failure" role="status">
      <span>
        {sentence(error)}
        {age}
      </span>
      <button type="button" class="button" onClick={refresh}>
        Try again
      </button>
    </p>
  );
}

function sentence(error: ApiError): string {
  if (error.trouble === 'missing') return 'The service does not offer this.';
  return `Could not load this: ${error.message}.`;
}
