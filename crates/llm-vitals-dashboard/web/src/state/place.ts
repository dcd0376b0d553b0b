/** The place that is shown, in step with the address bar. */

import { computed, signal } from '@preact/signals';

import type { Scope } from '../promql/text.ts';
import { formatPlace, parseLink, parsePlace, type Place } from './url.ts';

/** A link in a message names the place before the #, where chats and mail programs leave it alone. */
const link = location.hash === '' ? parseLink(location.search) : null;
if (link) history.replaceState(null, '', location.pathname + formatPlace(link));

export const place = signal<Place>(link ?? parsePlace(location.hash));

export const scope = computed<Scope>(() => ({ provider: place.value.provider, model: place.value.model }));

window.addEventListener('hashchange', () => {
  place.value = parsePlace(location.hash);
});

/** Goes to another place; `replace` leaves no step for the browser's back button. */
export function go(to: Partial<Place>, replace = false): void {
  const next = { ...place.value, ...to };
  const hash = formatPlace(next);
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, '', hash);
  else history.pushState(null, '', hash);
  place.value = next;
}
