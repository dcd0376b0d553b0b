/** Says that only some alerts are shown, as a link in a message asked. */

import { parseMatchers } from '../promql/matchers.ts';
import type { Matcher } from '../api/silences.ts';
import { go, place } from '../state/place.ts';
import { Name } from './name.tsx';

/** The conditions of the address; none where it has none, or they cannot be read. */
export function wanted(): Matcher[] | null {
  const { match } = place.value;
  return match === null ? null : parseMatchers(match);
}

export function AlertFilter({ found }: { found: number }) {
  const { match } = place.value;
  if (match === null) return null;
  return (
    <p class="filter" role="status">
      <span>
        {wanted() === null ? 'All alerts: these conditions cannot be read: ' : 'Only alerts with '}
        <Name text={match} most={160} />
        {wanted() !== null && found === 0 && '. None is pending or fires now.'}
      </span>
      <button type="button" class="button small" onClick={() => go({ match: null, alert: null })}>
        Show all
      </button>
    </p>
  );
}
