/** A service that answers what a case wants, with the files of the page and the policy that it is served with. */

import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const DIST = join(import.meta.dirname ?? '.', '../../../../../dist');
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Record<string, string> = {
  '': 'text/html; charset=utf-8',
  'app.js': 'text/javascript',
  'app.css': 'text/css',
  'icon.svg': 'image/svg+xml',
};

/** The page is served below this path: it must not matter. */
const PREFIX = '/a/prefix/';

export interface StandIn {
  address: string;
  /** What `api/...` answers by its path: JSON, a status, or nothing at all. */
  answers: Record<string, (query: URLSearchParams, request: IncomingMessage) => unknown>;
  close: () => Promise<void>;
}

export class Status {
  constructor(
    readonly code: number,
    readonly body: unknown = null,
  ) {}
}

/** In place of an answer: the connection is cut. */
export const SILENCE = Symbol('silence');

export const NO_SERIES = { status: 'success', data: { resultType: 'vector', result: [] } };
export const NO_LINES = { status: 'success', data: { resultType: 'matrix', result: [] } };

export const APPLICATION = {
  version: '0.1.0',
  now: new Date().toISOString(),
  startedAt: new Date(Date.now() - 7200_000).toISOString(),
  sampleIntervalSeconds: 5,
  retentionSeconds: 21_600,
  canWrite: true,
  checks: [],
  errors: [],
  receivers: [],
  history: [],
  spend: null,
};

export async function standIn(): Promise<StandIn> {
  const answers: StandIn['answers'] = {
    'api/v1/query': () => NO_SERIES,
    'api/v1/query_range': () => NO_LINES,
    'api/v1/label/__name__/values': () => ({ status: 'success', data: [] }),
    'api/v1/rules': () => ({ status: 'success', data: { groups: [] } }),
    'api/v2/silences': () => [],
    'api/dashboard': () => APPLICATION,
  };
  // A question about a name of 3,000 letters is longer than Node takes by itself.
  const server = createServer({ maxHeaderSize: 2 ** 20 }, (request, response) => void serve(request, response, answers));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}${PREFIX}`, answers, close: () => stop(server) };
}

function serve(request: IncomingMessage, response: ServerResponse, answers: StandIn['answers']): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const path = url.pathname.startsWith(PREFIX) ? url.pathname.slice(PREFIX.length) : '?';
  const type = TYPES[path];
  if (type !== undefined) {
    const file = readFileSync(join(DIST, `${path === '' ? 'index.html' : path}.gz`));
    response.writeHead(200, {
      'content-type': type,
      'content-encoding': 'gzip',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    });
    response.end(file);
    return;
  }
  const answer = answers[path]?.(url.searchParams, request) ?? new Status(404);
  if (answer === SILENCE) {
    request.socket.destroy();
    return;
  }
  const [code, body] = answer instanceof Status ? [answer.code, answer.body] : [200, answer];
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((done) => server.close(() => done()));
}
