/** When the page asks again: at the pace of the samples, and not in a hidden tab. */

import { computed, effect, signal } from '@preact/signals';

import { lostSince, tokenWanted } from '../api/client.ts';
import { place } from './place.ts';

/** Seconds between two samples, until the application has told. */
export const sampleInterval = signal(5);

/** In a range nobody sees more refreshes than these move. */
const REFRESHES = 360;

/** The moment that live charts end at, in seconds since 1970: moves with each refresh. */
export const now = signal(whole(Date.now() / 1000));

/** How far the service's clock is ahead of the reader's, in seconds: what is asked for is the service's time. */
export const skew = signal(0);

/** Counts up with each refresh that somebody asked for, or that an answer after a silence calls for: time may be frozen. */
export const refreshes = signal(0);

/** The wall clock, for "6 min ago". */
export const wall = signal(Date.now() / 1000);

/** The end of what is shown. */
export const end = computed(() => place.value.to ?? now.value);

/** Seconds between two refreshes: longer ranges show less of a sample. */
export const pace = computed(() => Math.max(5, sampleInterval.value, Math.min(60, place.value.range / REFRESHES)));

export function refresh(): void {
  tick();
  refreshes.value += 1;
}

function tick(): void {
  now.value = whole(present());
  wall.value = present();
}

/** The service's time. */
export function present(): number {
  return Date.now() / 1000 + skew.peek();
}

export function startClock(): void {
  effect(() => {
    const seconds = pace.value;
    const timer = setInterval(() => {
      // Nothing is told to those who have not said who they are.
      if (!document.hidden && !tokenWanted.peek()) tick();
    }, seconds * 1000);
    return () => clearInterval(timer);
  });
  setInterval(() => {
    if (!document.hidden) wall.value = present();
  }, 1000);
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && present() - now.peek() >= pace.peek()) tick();
  });
  window.addEventListener('online', refresh);
  let wasLost = false;
  effect(() => {
    const isLost = lostSince.value !== null;
    if (wasLost && !isLost) refreshes.value = refreshes.peek() + 1;
    wasLost = isLost;
  });
}

function whole(seconds: number): number {
  return Math.floor(seconds);
}
