/** Asking the application, by addresses relative to the page's own: it works under any prefix. */

import { signal } from '@preact/signals';

/** Why there is no answer. */
export type Trouble = 'lost' | 'unauthorised' | 'missing' | 'refused';

export class ApiError extends Error {
  constructor(
    readonly trouble: Trouble,
    message: string,
  ) {
    super(message);
  }
}

const TOKEN = 'llm-vitals.token';
/** No answer for so long counts as none. */
const PATIENCE_MS = 20_000;

/** Whether the application asks who is there. */
export const tokenWanted = signal(false);

/** When the application was last heard of, and since when it has not answered; milliseconds since 1970. */
export const lastHeard = signal<number | null>(null);
export const lostSince = signal<number | null>(null);

export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
  tokenWanted.value = false;
}

/** Whether the service had a token and did not take it. */
export function wasRefused(): boolean {
  return tokenWanted.value && sessionStorage.getItem(TOKEN) !== null;
}

export async function get<T>(path: string, values: Record<string, string> = {}, abort?: AbortSignal): Promise<T> {
  const query = new URLSearchParams(values).toString();
  return ask<T>(query === '' ? path : `${path}?${query}`, { method: 'GET' }, abort);
}

/** What changes something is JSON: the application refuses anything else. */
export async function send<T>(method: 'POST' | 'DELETE', path: string, body: unknown = null): Promise<T> {
  const init: RequestInit = { method, headers: { 'content-type': 'application/json' } };
  if (body !== null) init.body = JSON.stringify(body);
  return ask<T>(path, init);
}

async function ask<T>(path: string, init: RequestInit, abort?: AbortSignal): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  const token = sessionStorage.getItem(TOKEN);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const limit = AbortSignal.timeout(PATIENCE_MS);
  const signal = abort ? AbortSignal.any([abort, limit]) : limit;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, { ...init, headers, signal, cache: 'no-store', credentials: 'same-origin' });
    text = await response.text();
  } catch (error) {
    if (abort?.aborted) throw error;
    lostSince.value ??= lastHeard.value ?? Date.now();
    throw new ApiError('lost', 'the service does not answer');
  }
  lastHeard.value = Date.now();
  lostSince.value = null;
  if (response.status === 401) {
    tokenWanted.value = true;
    throw new ApiError('unauthorised', 'the service asks for its management token');
  }
  if (response.status === 404) throw new ApiError('missing', `the service has no ${path.split('?')[0]}`);
  if (!response.ok) throw new ApiError('refused', reason(text) ?? `the service answered with status ${response.status}`);
  try {
    return (text === '' ? null : JSON.parse(text)) as T;
  } catch {
    throw new ApiError('refused', 'the service answered with something that is no JSON');
  }
}

/** What an answer says of its own failure. */
function reason(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'string') return body;
    if (typeof body !== 'object' || body === null) return null;
    const { error, message } = body as { error?: unknown; message?: unknown };
    if (typeof error === 'string') return error;
    if (typeof error === 'object' && error !== null && 'message' in error) return String(error.message);
    return typeof message === 'string' ? message : null;
  } catch {
    return null;
  }
}
