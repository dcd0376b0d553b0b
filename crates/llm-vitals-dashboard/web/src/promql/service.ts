/** The questions about requests, latencies, tokens and cost: of the whole service, a provider or a model. */

import { increase, matchers, quantile, rate, select, sum, type Line, type Scope, type Window } from './text.ts';

/** Which family counts requests: the service's own where all is looked at and it is there, else the providers'. */
export interface Families {
  requests: string;
  duration: string;
}

export const SERVICE: Families = {
  requests: 'llm_service_requests_total',
  duration: 'llm_service_request_duration_seconds',
};
export const CALLS: Families = { requests: 'llm_requests_total', duration: 'llm_request_duration_seconds' };

export function families(scope: Scope, hasService: boolean): Families {
  return scope.provider === null && hasService ? SERVICE : CALLS;
}

/** Requests that count for success and failure: a caller who leaves is neither. */
const ENDED = 'status=~"success|error"';

export function requestRate({ requests }: Families, scope: Scope, window: Window): string {
  return sum(rate(select(requests, matchers(scope)), window));
}

export function errorRate({ requests }: Families, scope: Scope, window: Window, by: string[] = []): string {
  const failed = sum(rate(select(requests, matchers(scope, 'status="error"')), window), by);
  const ended = sum(rate(select(requests, matchers(scope, ENDED)), window), by);
  return `(${failed} or 0 * ${ended}) / (${ended} > 0)`;
}

export function successRate(scope: Scope, window: Window, by: string[]): string {
  const well = sum(rate(select(CALLS.requests, matchers(scope, 'status="success"')), window), by);
  const ended = sum(rate(select(CALLS.requests, matchers(scope, ENDED)), window), by);
  return `(${well} or 0 * ${ended}) / (${ended} > 0)`;
}

export function averageLatency({ duration }: Families, scope: Scope, window: Window, by: string[] = []): string {
  const only = matchers(scope, 'status="success"');
  const all = sum(rate(select(`${duration}_sum`, only), window), by);
  return `${all} / (${sum(rate(select(`${duration}_count`, only), window), by)} > 0)`;
}

export function latency(share: number, { duration }: Families, scope: Scope, window: Window, by: string[] = []): string {
  return quantile(share, select(`${duration}_bucket`, matchers(scope, 'status="success"')), window, by);
}

export function firstToken(share: number, scope: Scope, window: Window, by: string[] = []): string {
  return quantile(share, select('llm_time_to_first_token_seconds_bucket', matchers(scope)), window, by);
}

export function cost(scope: Scope, window: Window, by: string[] = []): string {
  return sum(increase(select('llm_cost_usd_total', matchers(scope)), window), by);
}

export function costPerHour(scope: Scope, window: Window, by: string[] = []): string {
  return `3600 * ${sum(rate(select('llm_cost_usd_total', matchers(scope)), window), by)}`;
}

export function tokens(scope: Scope, window: Window, type: 'prompt' | 'completion', by: string[] = []): string {
  return sum(increase(select('llm_tokens_total', matchers(scope, `type="${type}"`)), window), by);
}

export function statusRates({ requests }: Families, scope: Scope, window: Window): string {
  return sum(rate(select(requests, matchers(scope)), window), ['status']);
}

export function latencyLines(family: Families, scope: Scope, window: Window): Line[] {
  return [
    { name: 'average', expr: averageLatency(family, scope, window) },
    { name: 'p50', expr: latency(0.5, family, scope, window) },
    { name: 'p95', expr: latency(0.95, family, scope, window) },
    { name: 'p99', expr: latency(0.99, family, scope, window) },
  ];
}

/** Prompt and completion; cached and reasoning tokens are part of these. */
export function tokenRates(scope: Scope, window: Window): string {
  return sum(rate(select('llm_tokens_total', matchers(scope)), window), ['type']);
}

export function errorsByKind(scope: Scope, window: Window): string {
  return `${sum(rate(select('llm_errors_total', matchers(scope)), window), ['error_type'])} > 0`;
}

/** Alerts that fired and the states that checks had, for the marks on the time axis. */
export const EVENTS = 'ALERTS{alertstate="firing"} or (health_check_status == 1)';
