/** Every view, light and dark, wide and narrow: nothing fails, nothing is cut, everybody can read it. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import type { Page } from 'playwright-core';

import { close, open, picture, settled, sizeOf, type Case, type Setting } from './setting.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const VIEWS = {
  overview: '#/overview',
  providers: '#/providers',
  provider: '#/providers?provider=',
  cache: '#/cache',
  health: '#/health',
  alerts: '#/alerts',
  query: `#/query?expr=${encodeURIComponent('sum by (provider) (rate(llm_requests_total[1m]))')}`,
};

const LOOKS = [
  { theme: 'light', width: 1400 },
  { theme: 'light', width: 390 },
  { theme: 'dark', width: 390 },
  { theme: 'dark', width: 1400 },
] as const;

export const views: Case[] = Object.entries(VIEWS).map(([name, hash]) => ({
  name: `${name}, light and dark, wide and narrow`,
  run: (setting) => look(setting, name, hash),
}));

async function look(setting: Setting, name: string, hash: string): Promise<void> {
  const watched = await open(setting, name === 'provider' ? hash + (await someProvider(setting)) : hash, LOOKS[0]);
  const { page } = watched;
  for (const { theme, width } of LOOKS) {
    const shown = `${name}-${theme}-${width}`;
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize(sizeOf(width));
    await settled(page);
    assert.ok((await page.locator('h1').innerText()).length > 10, `${shown}: there is a verdict`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(wide <= 0, `${shown}: the page is ${wide} pixels wider than the window`);
    await picture(setting, page, shown);
    assert.deepEqual(await faults(page), [], shown);
  }
  await close(watched);
}

async function someProvider(setting: Setting): Promise<string> {
  const response = await fetch(`${setting.service}api/v1/label/provider/values`);
  const { data } = (await response.json()) as { data: string[] };
  assert.ok(data.length > 0, 'some provider was called');
  return encodeURIComponent(data[0] ?? '');
}

interface AxeResult {
  violations: { id: string; impact: string | null; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe finds that keeps somebody from using the page. */
export async function faults(page: Page): Promise<string[]> {
  // As a debugger's call and not as a script of the page, which its own policy forbids.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const result = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResult;
  const grave = result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return grave.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ''}`));
}
