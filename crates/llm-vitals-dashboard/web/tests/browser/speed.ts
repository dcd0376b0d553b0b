/**
 * How long the overview takes: `speed.js URL ROUNDS SECONDS` opens it so often with the usual range and with 6 h, each time in a new
 * context, then leaves it open for so many seconds. Prints JSON: the times in milliseconds from navigation to everything drawn, and
 * the questions of a load and of a refresh. A line `watching` says when the page is only refreshed from then on.
 */

import { chromium, type Browser } from 'playwright-core';

import { FLAGS } from './setting.js';

const [address = '', rounds = '5', seconds = '30'] = process.argv.slice(2);
const RANGES = { usual: '#/overview', '6 h': '#/overview?range=6h' };

/** Runs in the page: the moment at which all charts, tiles and rows of the overview are there, in milliseconds since navigation. */
const DRAWN = `new Promise((done) => {
  const look = () => {
    const values = [...document.querySelectorAll('.tile-value')];
    const isDrawn = document.querySelectorAll('.plot canvas').length === 4
      && values.length === 6 && values.filter((value) => value.textContent !== '–').length >= 5
      && document.querySelectorAll('.tile .spark path').length >= 5
      && document.querySelectorAll('tbody tr').length > 0
      && document.querySelector('tbody .spark path')
      && !document.querySelector('[aria-busy="true"], .outdated')
      && !document.title.startsWith('Asking');
    if (!isDrawn) requestAnimationFrame(look);
    else requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  };
  look();
})`;

async function load(browser: Browser, hash: string): Promise<{ took: number; asked: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(address + hash, { waitUntil: 'commit' });
  const took = await page.evaluate<number>(DRAWN);
  await page.close();
  return { took, asked: asked.filter((url) => url.includes('/api/')) };
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
const times: Record<string, number[]> = { usual: [], '6 h': [] };
const questions: Record<string, string[]> = {};
// The first one starts the browser's own machinery.
await load(browser, RANGES.usual);
for (let round = 0; round < Number(rounds); round += 1) {
  for (const [name, hash] of Object.entries(RANGES)) {
    const { took, asked } = await load(browser, hash);
    times[name]?.push(took);
    questions[name] = asked;
  }
}
const ticks: Record<string, string[]> = {};
for (const [name, hash] of Object.entries(RANGES)) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.goto(address + hash);
  await page.evaluate(DRAWN);
  await page.waitForTimeout(2000);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  console.log(`watching ${name}`);
  await page.waitForTimeout(Number(seconds) * 1000);
  console.log('watched');
  await page.close();
  ticks[name] = asked;
}
await browser.close();
console.log(JSON.stringify({ times, questions, ticks }));
