/** What a service that has just been started can be asked already. */

import type { Needs } from './setting.js';

/** `yes`, `not yet`, or why it never will be. */
export type Ripeness = Record<Needs, string>;

/** How long the service must have run for a table of a whole minute. */
const MINUTE_SECONDS = 78;

/** How long an alert may take to fire. */
const PATIENCE_SECONDS = 180;

/** Asks the service once a second at most, until it is all there. */
export function ripeness(service: string): () => Promise<Ripeness> {
  const begun = Date.now();
  const known: Ripeness = { nothing: 'yes', alert: 'not yet', minute: 'not yet' };
  let asked = 0;
  return async () => {
    const isDone = known.alert !== 'not yet' && known.minute !== 'not yet';
    if (isDone || Date.now() - asked < 1000) return known;
    asked = Date.now();
    try {
      if (known.alert === 'not yet' && (await fires(service))) known.alert = 'yes';
      if (known.alert === 'yes' && (await age(service)) >= MINUTE_SECONDS) known.minute = 'yes';
    } catch (error) {
      // It may only be starting.
      if (Date.now() - begun > 10_000) known.alert = known.minute = `the service does not answer: ${String(error)}`;
    }
    if (known.alert === 'not yet' && Date.now() - begun > PATIENCE_SECONDS * 1000) {
      known.alert = known.minute = `no alert fired in ${PATIENCE_SECONDS} s`;
    }
    return known;
  };
}

async function fires(service: string): Promise<boolean> {
  const { data } = (await json(`${service}api/v1/alerts`)) as { data: { alerts: { state: string }[] } };
  return data.alerts.some(({ state }) => state === 'firing');
}

/** Seconds since the service started. */
async function age(service: string): Promise<number> {
  const { now, startedAt } = (await json(`${service}api/dashboard`)) as { now: string; startedAt: string };
  return (Date.parse(now) - Date.parse(startedAt)) / 1000;
}

async function json(address: string): Promise<unknown> {
  const response = await fetch(address);
  return response.json();
}
