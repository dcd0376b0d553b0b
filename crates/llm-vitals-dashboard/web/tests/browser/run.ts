/**
 * Opens the page in a real browser: `run.js URL [FOLDER [WORDS]]`, where URL is a service with traffic and an alert that fires, FOLDER
 * takes pictures, and only cases with WORDS in their names are run. Its last line is `N passed, N failed`.
 */

import { existsSync, mkdirSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { hostile } from './hostile.js';
import { keyboard } from './keyboard.js';
import { numbers } from './numbers.js';
import type { Case, Setting } from './setting.js';
import { sharing } from './sharing.js';
import { silencing } from './silencing.js';
import { states } from './states.js';
import { views } from './views.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const [address, folder, words = ''] = process.argv.slice(2);
if (address === undefined || !existsSync(CHROMIUM)) {
  console.log(address === undefined ? 'usage: run.js URL [FOLDER [WORDS]]' : `there is no ${CHROMIUM}`);
  process.exit(2);
}
if (folder !== undefined) mkdirSync(folder, { recursive: true });

const cases: Case[] = [...views, ...numbers, ...sharing, ...keyboard, ...silencing, ...hostile, ...states].filter(({ name }) =>
  name.includes(words),
);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const setting: Setting = { browser, service: address.endsWith('/') ? address : `${address}/`, folder: folder ?? null };
let failed = 0;
for (const { name, run } of cases) {
  const started = Date.now();
  try {
    await run(setting);
    console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed += 1;
    console.log(
      `not ok ${name}\n    ${error instanceof Error ? (error.stack ?? error.message).replaceAll('\n', '\n    ') : String(error)}`,
    );
  }
}
await browser.close();
console.log(`${cases.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
