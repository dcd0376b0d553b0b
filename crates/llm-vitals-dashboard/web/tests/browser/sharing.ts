/** An address says what is shown: whoever follows it sees the same. */

import assert from 'node:assert/strict';

import { bare, close, open, settled, type Case } from './setting.js';

export const sharing: Case[] = [
  {
    name: 'a shared address shows the same numbers to another reader',
    run: async (setting) => {
      const one = await open(setting, '#/overview');
      const { page } = one;
      await page.getByLabel('Time range').selectOption({ value: '5m' });
      await page.keyboard.press('p');
      await page.getByRole('region', { name: 'Providers' }).locator('tbody .link').first().click();
      await settled(page);
      const shown = await page.locator('.tile-value').allInnerTexts();
      const address = page.url();
      assert.match(address, /#\/providers\?range=5m&to=\d+&provider=/);
      await close(one);

      const other = await open(setting, address.slice(address.indexOf('#')));
      assert.deepEqual(await other.page.locator('.tile-value').allInnerTexts(), shown);
      assert.equal(await other.page.getByLabel('Time range').inputValue(), '5m');
      await close(other);
    },
  },
  {
    name: 'the back button leads back, and a zoom is a step of its own',
    run: async (setting) => {
      const watched = await open(setting, '#/overview');
      const { page } = watched;
      const box = await page.locator('.plot .u-over').first().boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width * 0.7, box.y + 40);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * 0.9, box.y + 45, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(/range=\d+s?.*to=\d+/);
      await page.goBack();
      await page.waitForURL(/#\/overview$/);
      await settled(page);
      await close(watched);
    },
  },
  {
    name: 'a panel opens in the query view with its own expression',
    run: async (setting) => {
      const watched = await open(setting, '#/overview');
      const { page } = watched;
      await page.getByRole('button', { name: 'About Tokens' }).click();
      const expr = await page.locator('.help pre').innerText();
      assert.equal(bare(expr), 'sum by (type) (rate(llm_tokens_total[1m]))');
      await page.getByRole('button', { name: 'Open in query view' }).click();
      await settled(page);
      assert.equal(await page.getByLabel('PromQL').inputValue(), expr);
      assert.ok((await page.getByRole('region', { name: 'Values' }).locator('tbody tr').count()) >= 2);
      await close(watched);
    },
  },
];
