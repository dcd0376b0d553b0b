/** The keys of the page. */

import { signal } from '@preact/signals';

import { present, refresh } from './clock.ts';
import { go, place } from './place.ts';
import { inView, VIEWS } from './url.ts';

export const dialog = signal<'keys' | 'search' | null>(null);

export const KEYS: readonly [string, string][] = [
  ['/', 'search providers and models'],
  ['r', 'refresh'],
  ['p', 'pause, or follow the clock again'],
  ['1 … 5', 'overview, providers, cache, health, alerts'],
  ['6', 'query view'],
  ['← →', 'in a chart: move the cross-hair'],
  ['?', 'this list'],
  ['Esc', 'close what is open'],
];

/** Listens until the returned function is called. */
export function listen(): () => void {
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (dialog.value !== null || place.value.silence !== null) return;
    const view = VIEWS[Number(event.key) - 1];
    if (view) go(inView(place.value, view));
    else if (event.key === '/') dialog.value = 'search';
    else if (event.key === '?') dialog.value = 'keys';
    else if (event.key === 'r') refresh();
    else if (event.key === 'p') togglePause();
    else return;
    event.preventDefault();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}

/** Stops at this moment, or goes on. */
export function togglePause(): void {
  const isLive = place.value.to === null;
  go({ to: isLive ? Math.floor(present()) : null });
  if (!isLive) refresh();
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
