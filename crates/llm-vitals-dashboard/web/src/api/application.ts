/** What only the application knows: `api/dashboard`. Times are RFC 3339; what is not known is null. */

import { get } from './client.ts';
import type { Labels } from './prometheus.ts';

export type CheckState = 'up' | 'degraded' | 'down' | 'unknown';

export interface Check {
  name: string;
  kind: string | null;
  group: string | null;
  state: CheckState;
  since: string | null;
  lastRun: string | null;
  durationSeconds: number | null;
  message: string | null;
  tags?: Labels | null;
}

export interface CallError {
  at: string;
  provider: string | null;
  model: string | null;
  operation: string | null;
  errorType: string | null;
  status: number | null;
  message: string | null;
  requestId: string | null;
  traceId: string | null;
}

export interface Receiver {
  receiver: string;
  integration: string;
  state: 'ok' | 'retrying' | 'failing' | 'unused';
  lastSuccess: string | null;
  lastError: string | null;
  queued: number | null;
  sent: number | null;
  failed: number | null;
}

export interface Change {
  at: string;
  alertname: string;
  labels: Labels;
  severity: string | null;
  from: string | null;
  to: string | null;
  value: number | null;
  reason: string | null;
  summary: string | null;
}

export interface Amount {
  usd: number | null;
  since?: string | null;
  basis?: string | null;
}

export interface Spend {
  today: Amount | null;
  month: Amount | null;
  forecast: Amount | null;
  unpricedRequests: number | null;
}

export interface Application {
  version: string | null;
  now: string | null;
  startedAt: string | null;
  sampleIntervalSeconds: number | null;
  retentionSeconds: number | null;
  canWrite: boolean;
  checks: Check[] | null;
  errors: CallError[] | null;
  receivers: Receiver[] | null;
  history: Change[] | null;
  spend: Spend | null;
}

export function application(abort?: AbortSignal): Promise<Application> {
  return get<Application>('api/dashboard', {}, abort);
}
