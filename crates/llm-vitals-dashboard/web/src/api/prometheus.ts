/** Prometheus' query API: `api/v1/...`. */

import { ApiError, get } from './client.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  labels: Labels;
  value: number;
}

export interface Series {
  labels: Labels;
  /** Seconds since 1970, and the value; what is not a number is not there. */
  points: [number, number][];
}

export interface RangeQuestion {
  expr: string;
  start: number;
  end: number;
  step: number;
}

interface Envelope<T> {
  status: string;
  data?: T;
  error?: string;
}

type Raw = [number, string];

interface Result {
  resultType: string;
  result: { metric: Labels; value?: Raw; values?: Raw[] }[] | Raw;
}

export async function query(expr: string, time: number, abort?: AbortSignal): Promise<Sample[]> {
  const { resultType, result } = await v1<Result>('query', { query: expr, time: String(time) }, abort);
  if (resultType === 'scalar') return [{ labels: {}, value: number((result as Raw)[1]) }];
  if (resultType !== 'vector') throw new ApiError('refused', `a table of a ${resultType} cannot be shown`);
  const samples = (result as { metric: Labels; value: Raw }[]).map(({ metric, value }) => ({
    labels: metric,
    value: number(value[1]),
  }));
  return samples.filter((sample) => !Number.isNaN(sample.value));
}

export async function queryRange(question: RangeQuestion, abort?: AbortSignal): Promise<Series[]> {
  const { expr, start, end, step } = question;
  const values = { query: expr, start: String(start), end: String(end), step: String(step) };
  const { result } = await v1<Result>('query_range', values, abort);
  return (result as { metric: Labels; values: Raw[] }[]).map(({ metric, values: raw }) => ({
    labels: metric,
    points: raw.map(([time, text]): [number, number] => [time, number(text)]).filter(([, v]) => !Number.isNaN(v)),
  }));
}

/** The names of all metrics that have samples. */
export function metricNames(abort?: AbortSignal): Promise<string[]> {
  return v1<string[]>('label/__name__/values', {}, abort);
}

export interface RuleAlert {
  labels: Labels;
  annotations: Labels;
  state: 'pending' | 'firing' | 'inactive';
  activeAt: string;
  value: string;
}

export interface AlertRule {
  type: 'alerting' | 'recording';
  name: string;
  query: string;
  duration?: number;
  labels?: Labels;
  annotations?: Labels;
  state?: string;
  health?: string;
  lastError?: string;
  alerts?: RuleAlert[];
}

export interface RuleGroup {
  name: string;
  interval: number;
  rules: AlertRule[];
}

export async function ruleGroups(abort?: AbortSignal): Promise<RuleGroup[]> {
  return (await v1<{ groups: RuleGroup[] }>('rules', {}, abort)).groups;
}

async function v1<T>(path: string, values: Record<string, string>, abort?: AbortSignal): Promise<T> {
  const answer = await get<Envelope<T>>(`api/v1/${path}`, values, abort);
  if (answer?.status !== 'success' || answer.data === undefined) {
    throw new ApiError('refused', answer?.error ?? 'the service answered without data');
  }
  return answer.data;
}

/** Prometheus writes infinities as +Inf and -Inf. */
function number(text: string): number {
  if (text === '+Inf' || text === 'Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}
