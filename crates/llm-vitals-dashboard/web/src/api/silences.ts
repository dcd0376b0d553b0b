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

/** Exactly the alert with these labels. */
export function exactly(labels: Labels): Matcher[] {
  return Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
}

/** Silences what these conditions cover, from now on. */
export function silence(matchers: readonly Matcher[], seconds: number, comment: string): Promise<{ silenceID: string }> {
  const now = Date.now();
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
