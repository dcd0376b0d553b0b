/** Loading what a part of the page shows: the last picture stays until there is a new one. */

import { useEffect, useRef, useState } from 'preact/hooks';

import { ApiError } from '../api/client.ts';
import { query, queryRange, type RangeQuestion, type Sample, type Series } from '../api/prometheus.ts';
import { end, refreshes, sampleInterval } from './clock.ts';
import { firstToAsk, joined, type Known } from './later.ts';
import { isReady, shownRange } from './service.ts';
import { grid, stepOf } from './step.ts';

export interface Loaded<T> {
  /** The last answer; none before the first. */
  data: T | null;
  /** When it came, in seconds since 1970. */
  at: number | null;
  /** Why the last question has no answer. */
  error: ApiError | null;
  /** Whether what is shown answers another question than the one that is asked now. */
  outdated: boolean;
}

interface State<T> {
  /** What `data` is the answer to. */
  question: string | null;
  data: T | null;
  at: number | null;
  error: ApiError | null;
}

/**
 * Asks whenever the question or one of `moments` changes; a question under way is given up then. None asks nothing.
 */
export function useLoad<T>(question: string | null, moments: readonly unknown[], ask: (abort: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<State<T>>({ question: null, data: null, at: null, error: null });
  useEffect(() => {
    if (question === null) return;
    const abort = new AbortController();
    ask(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ question, data, at: Date.now() / 1000, error: null });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError('refused', String(error));
        setState((old) => ({ ...old, error: told }));
      },
    );
    return () => abort.abort();
  }, [question, ...moments]);
  const { at, error } = state;
  const isOther = state.question !== question;
  // A picture of another question beside an error would be taken for the answer.
  const data = isOther && error !== null ? null : state.data;
  return { data, at, error, outdated: data !== null && isOther };
}

/** The value of an expression at the end of what is shown, or at the last multiple of `every` seconds before. */
export function useInstant(expr: string | null, every = 1): Loaded<Sample[]> {
  const time = Math.floor(end.value / every) * every;
  const question = isReady.value ? expr : null;
  return useLoad(question, [time, refreshes.value], (abort) => query(expr ?? '', time, abort));
}

export interface Times extends Omit<RangeQuestion, 'expr'> {
  range: number;
}

/** What a chart of this width asks; its time moves with the clock. */
export function useTimes(width: number): Times {
  const range = shownRange.value;
  const step = stepOf(range, width, sampleInterval.value);
  return { ...grid(range, end.value, step), step, range };
}

/** A chart's series. */
export function useRange(expr: string | null, times: Times): Loaded<Series[]> {
  const { start, end: last, step, range } = times;
  const question = expr === null || !isReady.value ? null : `${expr}\n${step}\n${range}`;
  const known = useRef<Known | null>(null);
  const asked = useRef(refreshes.value);
  return useLoad(question, [start, last, refreshes.value], async (abort) => {
    const wanted = { expr: expr ?? '', start, end: last, step };
    // Who asks for a refresh gets all of it.
    const refresh = refreshes.peek();
    const old = asked.current === refresh ? known.current : null;
    const from = firstToAsk(old, question ?? '', wanted);
    const told = await queryRange({ ...wanted, start: from }, abort);
    const series = old !== null && from > start ? joined(old.series, told, start, from) : told;
    known.current = { question: question ?? '', times: wanted, series };
    asked.current = refresh;
    return series;
  });
}
