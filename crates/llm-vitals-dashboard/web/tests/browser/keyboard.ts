/** Everything can be done with keys. */

import assert from 'node:assert/strict';

import { close, open, settled, type Case } from './setting.js';

export const keyboard: Case[] = [
  {
    name: 'keys switch views, refresh, list themselves and search',
    run: async (setting) => {
      const watched = await open(setting, '#/overview');
      const { page } = watched;
      for (const [key, view] of [
        ['2', 'providers'],
        ['3', 'cache'],
        ['4', 'health'],
        ['5', 'alerts'],
        ['1', 'overview'],
      ] as const) {
        await page.keyboard.press(key);
        await page.waitForURL(new RegExp(`#/${view}`));
        assert.equal(await page.locator('[aria-current="page"]').getAttribute('data-view'), view);
      }
      await settled(page);
      const asked = page.waitForRequest((request) => request.url().includes('api/v1/query_range'));
      await page.keyboard.press('r');
      await asked;

      await page.keyboard.press('?');
      await page.getByRole('dialog', { name: 'Keys' }).waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });

      await page.keyboard.press('/');
      await page.getByRole('dialog', { name: 'Search providers and models' }).waitFor();
      await page.locator('.match').first().waitFor();
      const name = await page.locator('.match .name').first().innerText();
      await page.keyboard.type(name);
      await page.keyboard.press('Enter');
      await page.waitForURL(/#\/providers\?.*provider=/);
      await settled(page);
      await close(watched);
    },
  },
  {
    name: 'keys typed into a field are text',
    run: async (setting) => {
      const watched = await open(setting, '#/query');
      const { page } = watched;
      await page.getByLabel('PromQL').focus();
      await page.keyboard.type('r / 1');
      assert.match(page.url(), /#\/query$/);
      assert.equal(await page.getByLabel('PromQL').inputValue(), 'r / 1');
      await close(watched);
    },
  },
  {
    name: 'the tab key reaches every view, every tile and every chart, and arrows read a chart',
    run: async (setting) => {
      const watched = await open(setting, '#/overview');
      const { page } = watched;
      const seen = new Set<string>();
      for (let press = 0; press < 90; press += 1) {
        await page.keyboard.press('Tab');
        seen.add(
          await page.evaluate(() => {
            const at = document.activeElement as HTMLElement;
            return at.dataset.view ?? at.dataset.tile ?? at.getAttribute('aria-label')?.split('.')[0] ?? at.tagName;
          }),
        );
      }
      for (const wanted of ['overview', 'alerts', 'requests', 'hits', 'Chart of Latency', 'About Tokens', 'Time range', 'Refresh']) {
        assert.ok(seen.has(wanted), `${wanted} is reached; reached were ${[...seen].join(', ')}`);
      }
      await page.locator('.plot').first().focus();
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      assert.match(await page.locator('.legend-time').first().innerText(), /\d\d:\d\d:\d\d/);
      await close(watched);
    },
  },
];
