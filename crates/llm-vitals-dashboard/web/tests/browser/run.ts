/**
 * Opens the page in a real browser: `run.js URL [FOLDER [WORDS]]`, where URL is a service with traffic and an alert that fires or will
 * soon, FOLDER takes pictures, and only cases with WORDS in their names are run. Several run at a time (WORKERS, 3 unless given); what
 * needs no service begins while that is still young. The last line is `N passed, N failed`.
 */

import { existsSync, mkdirSync } from 'node:fs';

import { chromium } from 'playwright-core';

import { hostile } from './hostile.js';
import { keyboard } from './keyboard.js';
import { links } from './links.js';
import { numbers } from './numbers.js';
import { ripeness } from './ripeness.js';
import { FLAGS, type Case, type Setting } from './setting.js';
import { sharing } from './sharing.js';
import { silencing } from './silencing.js';
import { states } from './states.js';
import { views } from './views.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const WORKERS = Number(process.env.WORKERS ?? 3);

const [address, folder, words = ''] = process.argv.slice(2);
if (address === undefined || !existsSync(CHROMIUM)) {
  console.log(address === undefined ? 'usage: run.js URL [FOLDER [WORDS]]' : `there is no ${CHROMIUM}`);
  process.exit(2);
}
if (folder !== undefined) mkdirSync(folder, { recursive: true });

const all: Case[] = [...hostile, ...states, ...views, ...sharing, ...keyboard, ...silencing, ...links, ...numbers];
const waiting = all.filter(({ name }) => name.includes(words));
const count = waiting.length;
const busy = new Set<string>();
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
const setting: Setting = { browser, service: address.endsWith('/') ? address : `${address}/`, folder: folder ?? null };
const ripe = ripeness(setting.service);
let failed = 0;

/** Takes cases until none is left. */
async function work(): Promise<void> {
  while (waiting.length > 0) {
    const state = await ripe();
    const index = waiting.findIndex(({ needs, turn }) => state[needs ?? 'alert'] !== 'not yet' && !(turn !== undefined && busy.has(turn)));
    const [next] = index < 0 ? [] : waiting.splice(index, 1);
    if (next === undefined) {
      await new Promise((done) => setTimeout(done, 250));
      continue;
    }
    const { name, needs = 'alert', turn = name } = next;
    const started = Date.now();
    busy.add(turn);
    try {
      const known = state[needs];
      if (known !== 'yes') throw new Error(known);
      await next.run(setting);
      console.log(`ok ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      console.log(`not ok ${name}\n    ${said.replaceAll('\n', '\n    ')}`);
    }
    busy.delete(turn);
  }
}

await Promise.all(Array.from({ length: WORKERS }, work));
await browser.close();
console.log(`${count - failed} passed, ${failed} failed`);
process.exit(failed === 0 && count > 0 ? 0 : 1);
