/** The verdict on how things are now, whatever range is shown. */

import { computed, effect, signal } from '@preact/signals';

import { lastHeard, lostSince } from '../api/client.ts';
import { query } from '../api/prometheus.ts';
import { CALLS, errorRate, families, requestRate, SERVICE } from '../promql/service.ts';
import { LINE, sum, rate, union } from '../promql/text.ts';
import { verdict, type ProviderNow } from '../verdict.ts';
import { alerts, isSevere, loud } from './alerts.ts';
import { now, refreshes, sampleInterval, skew, wall } from './clock.ts';
import { app, has, isReady, unreached } from './service.ts';

interface Traffic {
  /** When the newest sample was taken; none where there is none. */
  sampledAt: number | null;
  askedAt: number;
  requestsPerSecond: number | null;
  callersErrorRate: number | null;
  providers: ProviderNow[];
}

const EVERYTHING = { provider: null, model: null };
const MINUTES = { seconds: 300 };

/** Samples are late by less than this now and then. */
const STALE_SECONDS = 30;

const traffic = signal<Traffic | null>(null);

/** The sentence that stands on top, and is the title. */
export const currentVerdict = computed(() => {
  const firing = loud.value;
  return verdict({
    now: wall.value,
    lostSince: lostSince.value === null ? null : lostSince.value / 1000 + skew.value,
    known: lastHeard.value !== null && (app.value.data !== null || traffic.value !== null),
    staleSince: staleSince(traffic.value),
    requestsPerSecond: traffic.value?.requestsPerSecond ?? null,
    providers: traffic.value?.providers ?? [],
    callersErrorRate: traffic.value?.callersErrorRate ?? null,
    checks: app.value.data?.checks ?? [],
    firing: firing.map((alert) => ({
      name: alert.name,
      severe: isSevere(alert.severity),
      provider: alert.labels.provider ?? null,
      since: alert.since,
    })),
    pending: alerts.value.filter((alert) => alert.state === 'pending').length,
    silenced: alerts.value.filter((alert) => alert.state === 'firing' && alert.silences.length > 0).length,
    unreached: unreached.value,
    spentToday: app.value.data?.spend?.today?.usd ?? null,
  });
});

/** When samples stopped coming, if they have. */
function staleSince(known: Traffic | null): number | null {
  if (known === null || known.sampledAt === null) return null;
  const lag = known.askedAt - known.sampledAt;
  return lag > Math.max(STALE_SECONDS, 3 * sampleInterval.value) ? known.sampledAt : null;
}

effect(() => {
  const time = now.value;
  void refreshes.value;
  if (!isReady.value) return;
  const family = families(EVERYTHING, has('llm_service_requests_total'));
  const callers = has(SERVICE.requests) ? [{ name: 'callers', expr: errorRate(SERVICE, EVERYTHING, MINUTES) }] : [];
  const expr = union([
    { name: 'all', expr: requestRate(family, EVERYTHING, MINUTES) },
    { name: 'requests', expr: sum(rate('llm_requests_total', MINUTES), ['provider']) },
    { name: 'sampled', expr: 'max(timestamp(llm_requests_total))' },
    { name: 'errors', expr: errorRate(CALLS, EVERYTHING, MINUTES, ['provider']) },
    ...callers,
  ]);
  const abort = new AbortController();
  query(expr, time, abort.signal).then(
    (samples) => {
      const errors = new Map(samples.filter((s) => s.labels[LINE] === 'errors').map((s) => [s.labels.provider, s.value]));
      traffic.value = {
        sampledAt: samples.find((s) => s.labels[LINE] === 'sampled')?.value ?? null,
        askedAt: time,
        requestsPerSecond: samples.find((s) => s.labels[LINE] === 'all')?.value ?? null,
        callersErrorRate: samples.find((s) => s.labels[LINE] === 'callers')?.value ?? null,
        providers: samples
          .filter((s) => s.labels[LINE] === 'requests')
          .map((s) => ({
            name: s.labels.provider ?? '',
            requestsPerSecond: s.value,
            errorRate: errors.get(s.labels.provider) ?? null,
          })),
      };
    },
    // The next refresh asks again; a lost connection is told by the client itself.
    () => undefined,
  );
  return () => abort.abort();
});
