/** A chart that moves with the clock asks only for its newest points: the others are known. */

import type { Labels, RangeQuestion, Series } from '../api/prometheus.ts';

/** What is known of a question: its series, and the time that they are of. */
export interface Known {
  question: string;
  times: RangeQuestion;
  series: Series[];
}

/** So many points at the end are asked again: their last samples may not have been there yet. */
const AGAIN = 3;

/** Where to begin so that, with what is known, there is an answer to all of `wanted`. */
export function firstToAsk(known: Known | null, question: string, wanted: Omit<RangeQuestion, 'expr'>): number {
  if (known === null || known.question !== question) return wanted.start;
  const { times } = known;
  // Back in time, or away for so long that hardly anything is left.
  if (wanted.end < times.end || wanted.start < times.start || times.end <= wanted.start) return wanted.start;
  return Math.max(wanted.start, times.end - (AGAIN - 1) * wanted.step);
}

/** What is known before `from`, and after it what was told now. */
export function joined(known: readonly Series[], told: readonly Series[], start: number, from: number): Series[] {
  const all = new Map<string, Series>();
  for (const { labels, points } of known) {
    const kept = points.filter(([time]) => time >= start && time < from);
    if (kept.length > 0) all.set(keyOf(labels), { labels, points: kept });
  }
  for (const { labels, points } of told) {
    const key = keyOf(labels);
    all.set(key, { labels, points: [...(all.get(key)?.points ?? []), ...points] });
  }
  return [...all.values()];
}

function keyOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}
