/** The questions about caches: that of answers, and Redis. */

import { increase, rate, sum, type Window } from './text.ts';

/** Share of the answered lookups that found something, over all caches of answers. */
export function answerHitRate(window: Window, by: string[] = []): string {
  const all = sum(rate('llm_cache_lookups_total{result!="error"}', window), by);
  return `(${sum(rate('llm_cache_lookups_total{result="hit"}', window), by)} or 0 * ${all}) / (${all} > 0)`;
}

export function redisHitRate(window: Window, by: string[] = []): string {
  const hits = sum(rate('redis_keyspace_hits_total', window), by);
  return `${hits} / (${hits} + ${sum(rate('redis_keyspace_misses_total', window), by)} > 0)`;
}

export function lookups(window: Window): string {
  return sum(rate('llm_cache_lookups_total', window), ['result']);
}

export function redisLookups(window: Window): { hit: string; miss: string } {
  return {
    hit: sum(rate('redis_keyspace_hits_total', window)),
    miss: sum(rate('redis_keyspace_misses_total', window)),
  };
}

export function saved(window: Window, by: string[] = []): string {
  return sum(increase('llm_cache_saved_cost_usd_total', window), by);
}

export function savedTokens(window: Window): string {
  return sum(increase('llm_cache_saved_tokens_total', window));
}

export function evictions(window: Window, by: string[] = []): string {
  return sum(rate('redis_evicted_keys_total', window), by);
}
