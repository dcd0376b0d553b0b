/** The pictures of the documentation: `pictures.js URL FOLDER`, of a gateway with demo traffic that has run for a while. */

import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { FLAGS, openOnly, settled, type Look } from './setting.js';

interface Picture extends Look {
  name: string;
  hash: string;
  height: number;
  /** Opens the first alert. */
  opened?: boolean;
}

const PICTURES: Picture[] = [
  { name: 'overview-light', hash: '#/overview', theme: 'light', width: 1280, height: 880 },
  { name: 'overview-dark', hash: '#/overview', theme: 'dark', width: 1280, height: 880 },
  { name: 'providers', hash: '#/providers', theme: 'light', width: 1280, height: 720 },
  { name: 'alerts', hash: '#/alerts', theme: 'light', width: 1280, height: 760, opened: true },
  { name: 'narrow', hash: '#/providers', theme: 'dark', width: 390, height: 844 },
];

const [address = '', folder = '.'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
const setting = { browser, service: address.endsWith('/') ? address : `${address}/`, folder };
for (const { name, hash, height, opened = false, ...look } of PICTURES) {
  const { page } = await openOnly(setting, hash, look);
  await page.setViewportSize({ width: look.width ?? 1280, height });
  await settled(page);
  if (opened) await page.locator('[data-alert] button').first().click();
  if (opened) await page.locator('.evidence .plot').waitFor();
  await settled(page);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
await browser.close();
