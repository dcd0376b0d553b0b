/** The numbers on the page are those that the service gives, at the same moment and to the last figure that is shown. */

import assert from 'node:assert/strict';

import { format, type Unit } from '../../src/format/number.js';
import { ask, askRange, bare, close, open, type Case, type Setting } from './setting.js';

/** Shorter than the service has run, so that nothing is cut. */
const RANGE = 60;
const WINDOW = '[1m]';

const ENDED = 'status=~"success|error"';

/** What each tile must be, said once more and not taken from the page's own sources. */
const TILES: [string, Unit, string][] = [
  ['requests', 'per-second', `sum(rate(llm_service_requests_total${WINDOW}))`],
  [
    'errors',
    'share',
    `sum(rate(llm_service_requests_total{status="error"}${WINDOW})) / sum(rate(llm_service_requests_total{${ENDED}}${WINDOW}))`,
  ],
  [
    'p95',
    'seconds',
    `histogram_quantile(0.95, sum by (le) (rate(llm_service_request_duration_seconds_bucket{status="success"}${WINDOW})))`,
  ],
  ['first token', 'seconds', `histogram_quantile(0.95, sum by (le) (rate(llm_time_to_first_token_seconds_bucket${WINDOW})))`],
];

/** Columns of the table of providers. */
const COLUMNS: [string, Unit, string][] = [
  ['Requests', 'per-second', `sum by (provider) (rate(llm_requests_total${WINDOW}))`],
  [
    'Success',
    'share',
    `sum by (provider) (rate(llm_requests_total{status="success"}${WINDOW})) / sum by (provider) (rate(llm_requests_total{${ENDED}}${WINDOW}))`,
  ],
  ['Tokens out', 'number', `sum by (provider) (increase(llm_tokens_total{type="completion"}${WINDOW}))`],
  ['Cost', 'usd', `sum by (provider) (increase(llm_cost_usd_total${WINDOW}))`],
];

/** A moment whose samples are all there. */
function moment(): number {
  return Math.floor(Date.now() / 1000) - 15;
}

export const numbers: Case[] = [
  { name: 'the tiles are what the service answers', needs: 'minute', run: tiles },
  { name: 'the table of providers is what the service answers', needs: 'minute', run: providers },
  { name: 'the table behind a chart is what the service answers', needs: 'minute', run: chart },
  { name: 'the cost of today is what the service says', needs: 'minute', run: cost },
];

async function tiles(setting: Setting): Promise<void> {
  const time = moment();
  const watched = await open(setting, `#/overview?range=1m&to=${time}`);
  for (const [id, unit, expr] of TILES) {
    const shown = bare(await watched.page.locator(`[data-tile="${id}"] .tile-value`).innerText());
    const [answer] = await ask(setting, expr, time);
    assert.ok(answer, `${expr} has a value`);
    assert.equal(shown, bare(format(Number(answer.value[1]), unit)), id);
  }
  await close(watched);
}

async function providers(setting: Setting): Promise<void> {
  const time = moment();
  const watched = await open(setting, `#/providers?range=1m&to=${time}`);
  const table = watched.page.locator('table', { has: watched.page.locator('caption', { hasText: /^Providers$/ }) });
  const heads = (await table.locator('thead th').allInnerTexts()).map(bare);
  const rows = await table.locator('tbody tr').all();
  assert.ok(rows.length >= 2, 'there are several providers');
  for (const [title, unit, expr] of COLUMNS) {
    const answers = new Map((await ask(setting, expr, time)).map(({ metric, value }) => [metric.provider, Number(value[1])]));
    const column = heads.indexOf(title);
    assert.ok(column > 0, `there is a column ${title}`);
    for (const row of rows) {
      const cells = (await row.locator('td').allInnerTexts()).map(bare);
      const name = cells[0] ?? '';
      assert.equal(cells[column], bare(format(answers.get(name) ?? null, unit)), `${title} of ${name}`);
    }
  }
  await close(watched);
}

async function chart(setting: Setting): Promise<void> {
  const time = moment();
  const watched = await open(setting, `#/overview?range=${RANGE}s&to=${time}`);
  const { page } = watched;
  await page.getByRole('button', { name: 'Requests by status as a table' }).click();
  const table = page.locator('table', { has: page.locator('caption', { hasText: 'Requests by status' }) });
  const names = (await table.locator('thead th').allInnerTexts()).map(bare).slice(1);
  const rows = await table.locator('tbody tr').all();
  const step = 5;
  const end = Math.floor(time / step) * step;
  const answers = await askRange(setting, 'sum by (status) (rate(llm_service_requests_total[1m]))', end - RANGE, end, step);
  assert.ok(rows.length >= 10 && names.includes('success') && names.includes('error'));
  for (const [index, row] of rows.entries()) {
    const cells = (await row.locator('td').allInnerTexts()).map(bare);
    for (const [place, name] of names.entries()) {
      const values = new Map(answers.find(({ metric }) => metric.status === name)?.values);
      const value = values.get(end - index * step);
      assert.equal(cells[place], bare(format(value === undefined ? null : Number(value), 'per-second')), `${name}, row ${index}`);
    }
  }
  await close(watched);
}

async function cost(setting: Setting): Promise<void> {
  const watched = await open(setting, '#/overview');
  const { page } = watched;
  // The amount grows while the test runs: the answer that the page itself had is compared.
  const [response] = await Promise.all([
    page.waitForResponse((answer) => answer.url().endsWith('/api/dashboard')),
    page.keyboard.press('r'),
  ]);
  const { spend } = (await response.json()) as { spend: { today: { usd: number | null } | null } | null };
  const wanted = bare(format(spend?.today?.usd ?? null, 'usd'));
  await page.waitForFunction(
    (text) => document.querySelector('[data-tile="cost"] .tile-value')?.textContent?.replace(/[\u00a0\u202f]/g, ' ') === text,
    wanted,
    { timeout: 15_000 },
  );
  await close(watched);
}
