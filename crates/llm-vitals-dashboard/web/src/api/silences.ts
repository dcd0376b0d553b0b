/** Alertmanager's API: who is told, and who is not for a while. */

import { get, send } from './client.ts';
import type { Labels } from './prometheus.ts';

export interface Matcher {
  name: string;
  value: string;
  isRegex: boolean;
  isEqual?: boolean;
}

export interface Silence {
  id: string;
  matchers: Matcher[];
  startsAt: string;
  endsAt: string;
  createdBy: string;
  comment: string;
  status: { state: 'active' | 'pending' | 'expired' };
}

export async function silences(abort?: AbortSignal): Promise<Silence[]> {
  const all = await get<Silence[]>('api/v2/silences', {}, abort);
  return all.filter((silence) => silence.status.state !== 'expired');
}

/** Silences exactly the alert with these labels. */
export function silence(labels: Labels, seconds: number, comment: string): Promise<{ silenceID: string }> {
  const now = Date.now();
  const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
  return send('POST', 'api/v2/silences', {
    matchers,
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + seconds * 1000).toISOString(),
    createdBy: 'dashboard',
    comment,
  });
}

export function endSilence(id: string): Promise<unknown> {
  return send('DELETE', `api/v2/silence/${encodeURIComponent(id)}`);
}

/** Whether a silence covers an alert. A label that is not there is empty. */
export function covers(silence: Silence, labels: Labels): boolean {
  return silence.matchers.every(({ name, value, isRegex, isEqual }) => {
    const own = labels[name] ?? '';
    return matches(own, value, isRegex) === (isEqual ?? true);
  });
}

function matches(own: string, value: string, isRegex: boolean): boolean {
  if (!isRegex) return own === value;
  try {
    return new RegExp(`^(?:${value})$`, 's').test(own);
  } catch {
    // Go's expressions have a few things that a browser's have not.
    return false;
  }
}
