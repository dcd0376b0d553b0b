/** What every view needs of the service, asked once for all: its own words, its rules, silences and metrics. */

import { computed, effect, signal, type Signal } from '@preact/signals';

import { application, type Application } from '../api/application.ts';
import { ApiError } from '../api/client.ts';
import { metricNames, ruleGroups, type RuleGroup } from '../api/prometheus.ts';
import { silences, type Silence } from '../api/silences.ts';
import { parseTime } from '../format/time.ts';
import { end, now, refresh, refreshes, sampleInterval, skew } from './clock.ts';
import { place } from './place.ts';
import { DEFAULT_RANGE } from './url.ts';

export interface Held<T> {
  data: T | null;
  at: number | null;
  error: ApiError | null;
}

const NOTHING = { data: null, at: null, error: null };

export const app = signal<Held<Application>>(NOTHING);
export const rules = signal<Held<RuleGroup[]>>(NOTHING);
export const quiet = signal<Held<Silence[]>>(NOTHING);
export const names = signal<Held<ReadonlySet<string>>>(NOTHING);

/** New metrics are rare: their names are asked for less often than the rest. */
const NAMES_SECONDS = 60;

/** What the application does not offer is asked for as seldom. */
const MISSING_SECONDS = 60;

/** Clocks that differ by less are the same: an answer takes its time. */
const SAME_SECONDS = 3;

/** Whether it is known, or cannot be known, what is counted and since when: before that questions would soon be others. */
export const isReady = computed(() => isSettled(names.value) && isSettled(app.value));

/** Whether the application answers `api/v2`: then somebody is told of alerts, and there is something to silence. */
const canWrite = computed(() => app.value.data?.canWrite ?? false);
export const canSilence = computed(() => canWrite.value && quiet.value.data !== null);

/** Receivers that messages do not reach at present. */
export const unreached = computed(() =>
  (app.value.data?.receivers ?? []).filter(({ state }) => state === 'failing' || state === 'retrying').map(({ receiver }) => receiver),
);

/** Seconds that the process has run at the end of what is shown; none while that is not known. */
const age = computed(() => {
  const started = parseTime(app.value.data?.startedAt);
  return started === null ? null : Math.max(0, end.value - started);
});

/**
 * Seconds over which tiles and tables add up: the range, but no longer than the process has run, or the first minutes
 * would look like little traffic.
 */
export const span = computed(() => {
  const { range } = place.value;
  const seconds = age.value;
  if (seconds === null || seconds >= range) return range;
  // In halves of a minute, so that the question stays the same for a while.
  return Math.min(range, Math.max(60, Math.ceil(seconds / 30) * 30));
});

/** The least that is shown of a young process. */
const LEAST_SECONDS = 120;

/** Seconds that charts show: while nobody chose a range, no more than the process has run, so that the first minutes are seen. */
export const shownRange = computed(() => {
  const { range } = place.value;
  const seconds = age.value;
  if (seconds === null || range !== DEFAULT_RANGE) return range;
  return Math.min(range, Math.max(LEAST_SECONDS, Math.ceil(seconds / 60) * 60));
});

/** Whether the process has run through the time before the one that is shown: else the two cannot be compared. */
export const hasEarlier = computed(() => age.value === null || age.value >= 2 * span.value);

export function has(metric: string): boolean {
  return names.value.data?.has(metric) ?? false;
}

/** Whether the metrics are known and this one is not among them. */
export function lacks(...metrics: string[]): boolean {
  const known = names.value.data;
  return known !== null && metrics.every((metric) => !known.has(metric));
}

export function startService(): void {
  keep(app, application);
  keep(rules, ruleGroups);
  // Who offers nothing to change has no silences either.
  keep(quiet, silences, 0, () => canWrite.value);
  keep(names, async (abort) => new Set(await metricNames(abort)), NAMES_SECONDS);
  effect(() => {
    const told = app.value.data?.sampleIntervalSeconds;
    if (told) sampleInterval.value = told;
  });
  effect(() => {
    const { data, at } = app.value;
    const theirs = parseTime(data?.now);
    if (theirs === null || at === null || Math.abs(theirs - at - skew.peek()) < SAME_SECONDS) return;
    skew.value = theirs - at;
    refresh();
  });
}

/** Asks again for what a change of ours has made old. */
export async function reload<T>(held: Signal<Held<T>>, ask: () => Promise<T>): Promise<void> {
  held.value = { data: await ask(), at: Date.now() / 1000, error: null };
}

function isSettled(held: Held<unknown>): boolean {
  return held.data !== null || held.error !== null;
}

function keep<T>(held: Signal<Held<T>>, ask: (abort: AbortSignal) => Promise<T>, seconds = 0, isOffered = () => true): void {
  let asked = Number.NEGATIVE_INFINITY;
  let seen = refreshes.peek();
  effect(() => {
    const moment = now.value;
    if (!isOffered()) return;
    const trouble = held.peek().error?.trouble;
    const isWanted = seen !== refreshes.value || (trouble !== undefined && trouble !== 'missing');
    seen = refreshes.value;
    // What is not offered will hardly be in the next moment.
    const pause = trouble === 'missing' ? Math.max(seconds, MISSING_SECONDS) : seconds;
    if (moment - asked < pause && !isWanted) return;
    asked = moment;
    const abort = new AbortController();
    ask(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) held.value = { data, at: Date.now() / 1000, error: null };
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError('refused', String(error));
        held.value = { ...held.peek(), error: told };
      },
    );
    return () => abort.abort();
  });
}
