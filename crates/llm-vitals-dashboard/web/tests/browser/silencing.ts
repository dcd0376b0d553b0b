/** Two clicks silence an alert, and one ends that. */

import assert from 'node:assert/strict';

import type { Page } from 'playwright-core';

import { bare, close, open, type Case, type Setting } from './setting.js';

interface Silence {
  id: string;
  matchers: { name: string; value: string; isRegex: boolean }[];
  startsAt: string;
  endsAt: string;
  comment: string;
  status: { state: string };
}

export async function silences(setting: Setting): Promise<Silence[]> {
  const response = await fetch(`${setting.service}api/v2/silences`);
  assert.equal(response.status, 200);
  return (await response.json()) as Silence[];
}

/** Ends the silence of an alert with a click, and looks whether it has ended. */
export async function ended(setting: Setting, page: Page, id: string, name: string): Promise<void> {
  const row = page.getByRole('region', { name: 'Silenced' }).locator(`[data-alert="${name}"]`);
  await row.getByRole('button', { name: 'End silence' }).first().click();
  await page.getByRole('region', { name: 'Firing' }).locator(`[data-alert="${name}"]`).first().waitFor();
  const after = (await silences(setting)).find((silence) => silence.id === id);
  assert.ok(after === undefined || after.status.state === 'expired');
}

export const silencing: Case[] = [
  {
    name: 'an alert is silenced for an hour in two clicks, and the silence is ended',
    turn: 'alerts',
    run: async (setting) => {
      const before = new Set((await silences(setting)).map((silence) => silence.id));
      const watched = await open(setting, '#/alerts');
      const { page } = watched;
      const firing = page.getByRole('region', { name: 'Firing' });
      const row = firing.locator('[data-alert]').first();
      const name = (await row.getAttribute('data-alert')) ?? '';
      const labels = bare(await row.locator('.labels').innerText());
      await row.getByRole('button', { name: /^Silence/ }).click();
      await row.getByRole('button', { name: '1 h' }).click();

      const silenced = page.getByRole('region', { name: 'Silenced' }).locator(`[data-alert="${name}"]`, { hasText: labels });
      await silenced.waitFor();
      const made = (await silences(setting)).filter((silence) => !before.has(silence.id));
      assert.equal(made.length, 1);
      const [silence] = made;
      assert.ok(silence);
      assert.equal(silence.status.state, 'active');
      assert.ok(silence.matchers.some((matcher) => matcher.name === 'alertname' && matcher.value === name && !matcher.isRegex));
      const hours = (Date.parse(silence.endsAt) - Date.parse(silence.startsAt)) / 3_600_000;
      assert.ok(Math.abs(hours - 1) < 0.01, `it is for ${hours} hours`);

      await ended(setting, page, silence.id, name);
      await close(watched);
    },
  },
  {
    name: 'an open alert shows its expression, its threshold and how the value went',
    turn: 'alerts',
    run: async (setting) => {
      const watched = await open(setting, '#/alerts');
      const { page } = watched;
      const row = page.getByRole('region', { name: 'Firing' }).locator('[data-alert]').first();
      await row.getByRole('button').first().click();
      await row.locator('.evidence .plot').waitFor();
      assert.match(page.url(), /alert=/);
      const facts = bare(await row.locator('.facts').innerText());
      assert.match(facts, /Threshold\s+(>|<|=|!)/);
      assert.ok((await row.locator('.evidence > pre').innerText()).length > 5);
      await close(watched);
    },
  },
];
