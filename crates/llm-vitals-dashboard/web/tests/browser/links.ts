/** Links in messages: to an alert, and to the form for its silence. */

import assert from 'node:assert/strict';

import { ended, silences } from './silencing.js';
import { bare, close, open, settled, type Case, type Setting } from './setting.js';

interface Alert {
  state: string;
  labels: Record<string, string>;
}

/** An alert that fires and no other that its labels would cover. */
async function someAlert(setting: Setting): Promise<{ name: string; matchers: string }> {
  const response = await fetch(`${setting.service}api/v1/alerts`);
  const { data } = (await response.json()) as { data: { alerts: Alert[] } };
  const found = data.alerts.find(({ state, labels }) => state === 'firing' && labels.alertname === 'ProviderFails');
  assert.ok(found, 'ProviderFails fires');
  const pairs = Object.entries(found.labels).map(([name, value]) => `${name}="${value}"`);
  return { name: 'ProviderFails', matchers: `{${pairs.join(',')}}` };
}

export const links: Case[] = [
  {
    name: 'the link to an alert shows it alone and open',
    turn: 'alerts',
    run: async (setting) => {
      const { name, matchers } = await someAlert(setting);
      const watched = await open(setting, `?view=alerts&alert=${encodeURIComponent(matchers)}`);
      const { page } = watched;
      await page.locator('.evidence .plot').waitFor();
      const shown = await page.locator('[data-alert]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-alert')));
      assert.deepEqual(shown, [name]);
      assert.match(bare(await page.locator('.facts').innerText()), /Value\s+\d[\d.]* %\s+Threshold\s+> 1 %/);
      assert.equal(new URL(page.url()).search, '');
      await page.getByRole('button', { name: 'Show all', exact: true }).click();
      await settled(page);
      assert.ok((await page.locator('[data-alert]').count()) > 1);
      await close(watched);
    },
  },
  {
    name: 'the link to an alert that is over says so',
    turn: 'alerts',
    run: async (setting) => {
      const watched = await open(setting, `?view=alerts&alert=${encodeURIComponent('{alertname="NothingAnswers"}')}`);
      const { page } = watched;
      assert.match(bare(await page.locator('.filter').innerText()), /NothingAnswers.*None is pending or fires now\./);
      assert.equal(await page.locator('[data-alert]').count(), 0);
      await close(watched);
    },
  },
  {
    name: 'the link to a silence opens its form, which makes it',
    turn: 'alerts',
    run: async (setting) => {
      const { name, matchers } = await someAlert(setting);
      const before = new Set((await silences(setting)).map(({ id }) => id));
      const watched = await open(setting, `?view=alerts&silence=${encodeURIComponent(matchers)}`);
      const { page } = watched;
      const form = page.getByRole('dialog', { name: 'Silence alerts' });
      assert.equal(await form.getByLabel('Alerts with').inputValue(), matchers);
      await form.getByText('Covers 1 alert now').waitFor();
      await form.getByLabel('Alerts with').fill('{team=""}');
      assert.equal(await form.getByRole('button', { name: 'Silence' }).isDisabled(), true);
      await form.getByLabel('Alerts with').fill(matchers);
      await form.getByLabel('Why').fill('a test');
      await form.getByRole('button', { name: 'Silence' }).click();
      await form.waitFor({ state: 'detached' });
      await page.getByRole('region', { name: 'Silenced' }).locator(`[data-alert="${name}"]`).waitFor();
      const made = (await silences(setting)).filter(({ id }) => !before.has(id));
      assert.equal(made.length, 1);
      assert.equal(made[0]?.comment, 'a test');
      assert.equal(made[0]?.matchers.find((matcher) => matcher.name === 'alertname')?.value, name);
      await ended(setting, page, made[0]?.id ?? '', name);
      await close(watched);
    },
  },
];
