/** What happened in the range that is shown: alerts that fired, checks that changed. */

import { signal } from '@preact/signals';

import type { Series } from '../api/prometheus.ts';

/** An alert from its first to its last firing point. */
export interface Band {
  name: string;
  severity: string | null;
  labels: Readonly<Record<string, string>>;
  from: number;
  /** None while it lasts. */
  to: number | null;
}

/** A check that came to have another state. */
export interface Mark {
  check: string;
  state: string;
  time: number;
}

export interface Events {
  bands: Band[];
  marks: Mark[];
}

/** What the charts of the view draw on their time axes. */
export const events = signal<Events>({ bands: [], marks: [] });

/** Reads the series of `ALERTS` and `health_check_status == 1`. */
export function eventsOf(series: readonly Series[], step: number, end: number): Events {
  const bands: Band[] = [];
  const states = new Map<string, [number, string][]>();
  for (const { labels, points } of series) {
    if (labels.alertname !== undefined) {
      bands.push(...bandsOf(labels, points, step, end));
    } else if (labels.check !== undefined && labels.status !== undefined) {
      const known = states.get(labels.check) ?? [];
      for (const [time] of points) known.push([time, labels.status]);
      states.set(labels.check, known);
    }
  }
  const marks = [...states].flatMap(([check, known]) => changes(check, known));
  bands.sort((one, other) => other.from - one.from);
  marks.sort((one, other) => other.time - one.time);
  return { bands, marks };
}

function bandsOf(labels: Series['labels'], points: Series['points'], step: number, end: number): Band[] {
  const { alertname = '', severity = null, __name__: _metric, alertstate: _state, ...rest } = labels;
  const bands: Band[] = [];
  let from: number | null = null;
  let last = 0;
  const close = (to: number | null): void => {
    if (from !== null) bands.push({ name: alertname, severity, labels: rest, from, to });
  };
  for (const [time] of points) {
    if (from !== null && time - last > 1.5 * step) {
      close(last);
      from = null;
    }
    from ??= time;
    last = time;
  }
  close(end - last > 1.5 * step ? last : null);
  return bands;
}

/** Only changes: the first state that is seen was there before. */
function changes(check: string, known: [number, string][]): Mark[] {
  known.sort(([one], [other]) => one - other);
  const marks: Mark[] = [];
  let before: string | null = null;
  for (const [time, state] of known) {
    if (before !== null && state !== before) marks.push({ check, state, time });
    before = state;
  }
  return marks;
}
