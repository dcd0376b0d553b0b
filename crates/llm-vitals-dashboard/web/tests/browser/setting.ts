/** What a case works with: a browser, a service, and a page that tells of everything that goes wrong in it. */

import assert from 'node:assert/strict';
import { join } from 'node:path';

import type { Browser, Page } from 'playwright-core';

/** What the browser is started with. */
export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Setting {
  browser: Browser;
  /** Ends with a slash. */
  service: string;
  folder: string | null;
}

/** What must be there before a case can run. */
export type Needs = 'nothing' | 'alert' | 'minute';

export interface Case {
  name: string;
  /** A service with an alert that fires unless it says otherwise; `nothing` where it brings its own. */
  needs?: Needs;
  /** Cases with the same one do not run at the same time. */
  turn?: string;
  run: (setting: Setting) => Promise<void>;
}

export interface Look {
  theme?: 'light' | 'dark';
  width?: number;
}

/** A page and what went wrong in it. */
export interface Watched {
  page: Page;
  wrong: string[];
}

/** Opens `hash` of a service, and waits until nothing is loading any more. */
export async function open(setting: Setting, hash: string, look: Look = {}, service = setting.service): Promise<Watched> {
  const watched = await openOnly(setting, hash, look, service);
  await settled(watched.page);
  return watched;
}

/** A window of this width. */
export function sizeOf(width: number): { width: number; height: number } {
  return { width, height: width < 500 ? 844 : 900 };
}

/** How many answers a page waits for. */
const underWay = new WeakMap<Page, number>();

/** So long nothing may be asked before a page counts as settled. */
const QUIET_MS = 150;

/** The same without waiting. */
export async function openOnly(setting: Setting, hash: string, look: Look = {}, service = setting.service): Promise<Watched> {
  const { theme = 'light', width = 1400 } = look;
  const page = await setting.browser.newPage({
    viewport: sizeOf(width),
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const wrong: string[] = [];
  const count = (by: number) => (): void => void underWay.set(page, (underWay.get(page) ?? 0) + by);
  page.on('request', count(1));
  page.on('requestfinished', count(-1));
  page.on('requestfailed', count(-1));
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    // A question that another one has replaced is given up on purpose.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') wrong.push(`no answer: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`status ${response.status()}: ${response.url()}`);
  });
  await page.goto(service + hash);
  return { page, wrong };
}

/** Waits until the page has its first picture of everything. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('main');
  for (let quietSince = Date.now(); Date.now() - quietSince < QUIET_MS; ) {
    await page.waitForFunction(() => !document.querySelector('[aria-busy="true"], .outdated') && !document.title.startsWith('Asking'));
    await page.waitForTimeout(50);
    if ((underWay.get(page) ?? 0) > 0) quietSince = Date.now();
  }
}

/** Asserts that nothing went wrong, and closes the page. */
export async function close({ page, wrong }: Watched): Promise<void> {
  await page.close();
  assert.deepEqual(wrong, []);
}

export async function picture(setting: Setting, page: Page, name: string): Promise<void> {
  if (setting.folder !== null) await page.screenshot({ path: join(setting.folder, `${name}.png`), fullPage: true });
}

interface Envelope<T> {
  status: string;
  data: T;
}

export interface Answer {
  metric: Record<string, string>;
  value: [number, string];
}

/** What the service itself says. */
export async function ask(setting: Setting, expr: string, time: number): Promise<Answer[]> {
  const { result } = await api<{ result: Answer[] }>(setting, `query?${new URLSearchParams({ query: expr, time: String(time) })}`);
  return result;
}

export async function askRange(setting: Setting, expr: string, start: number, end: number, step: number) {
  const values = new URLSearchParams({ query: expr, start: String(start), end: String(end), step: String(step) });
  const { result } = await api<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>(
    setting,
    `query_range?${values}`,
  );
  return result;
}

/** The text of an element with plain spaces and without marks of direction. */
export function bare(text: string | null): string {
  return (text ?? '')
    .replace(/[\u00a0\u202f]/g, ' ')
    .replace(/[\u2066-\u2069]/g, '')
    .trim();
}

async function api<T>(setting: Setting, path: string): Promise<T> {
  const response = await fetch(`${setting.service}api/v1/${path}`);
  const body = (await response.json()) as Envelope<T>;
  assert.equal(body.status, 'success', path);
  return body.data;
}
