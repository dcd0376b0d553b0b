/** What the page says when there is nothing, when it may not see, and when nobody answers. */

import assert from 'node:assert/strict';

import { bare, close, open, openOnly, picture, settled, type Case } from './setting.js';
import { APPLICATION, NO_SERIES, SILENCE, standIn, Status } from './stand-in.js';

export const states: Case[] = [
  {
    name: 'a service without traffic shows no zeros, and says what would fill the page',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const watched = await open(setting, '#/overview', {}, service.address);
      const { page } = watched;
      const values = await page.locator('.tile-value').allInnerTexts();
      assert.deepEqual(values, ['–', '–', '–', '–', '–', '–']);
      assert.match(await page.locator('[data-tile="requests"]').innerText(), /no traffic in 30\sm/);
      assert.match(await page.locator('main').innerText(), /A request through the service fills this chart/);
      assert.equal(bare(await page.locator('h1').innerText()), 'Nothing is wrong, and there is no traffic.');
      await picture(setting, page, 'empty-overview');
      for (const [view, words] of [
        ['cache', 'No cache is watched'],
        ['alerts', 'There are no alert rules'],
        ['health', 'No check is registered'],
      ] as const) {
        await page.locator(`[data-view="${view}"]`).click();
        await settled(page);
        assert.match(await page.locator('main').innerText(), new RegExp(words));
      }
      await close(watched);
      await service.close();
    },
  },
  {
    name: 'a service with a token asks for it, and takes it',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      for (const [path, answer] of Object.entries(service.answers)) {
        service.answers[path] = (query, request) =>
          request.headers.authorization === 'Bearer secret' ? answer(query, request) : new Status(401);
      }
      const { page, wrong } = await openOnly(setting, '#/overview', {}, service.address);
      const dialog = page.getByRole('dialog', { name: 'Who is there?' });
      await dialog.getByLabel('Management token').fill('wrong');
      await page.keyboard.press('Enter');
      await dialog.getByText('The last token was not accepted.').waitFor();
      await dialog.getByLabel('Management token').fill('secret');
      await page.keyboard.press('Enter');
      await dialog.waitFor({ state: 'detached' });
      await page.getByText('Nothing is wrong').first().waitFor();
      assert.ok(!page.url().includes('secret'));
      assert.ok(
        wrong.every((line) => line.includes('401')),
        wrong.join('\n'),
      );
      await page.close();
      await service.close();
    },
  },
  {
    name: 'a lost connection is shown, and heals by itself',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const { page } = await open(setting, '#/overview', {}, service.address);
      const answers = { ...service.answers };
      for (const path of Object.keys(answers)) service.answers[path] = () => SILENCE;
      await page.keyboard.press('r');
      await page.getByRole('alert').getByText('Nothing was heard since').waitFor();
      await page.waitForFunction(() => document.title.startsWith('The service has not answered for'));
      await picture(setting, page, 'lost');
      Object.assign(service.answers, answers);
      await page.getByRole('alert').waitFor({ state: 'detached', timeout: 30_000 });
      await page.waitForFunction(() => document.title.startsWith('Nothing is wrong'));
      await page.close();
      await service.close();
    },
  },
  {
    name: 'a refused question says why and offers to ask again, and a missing part is hidden',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      service.answers['api/v1/query'] = (query) =>
        query.get('query') === 'sum by ('
          ? new Status(400, { status: 'error', errorType: 'bad_data', error: '1:9: unclosed parenthesis' })
          : NO_SERIES;
      service.answers['api/v2/silences'] = () => new Status(404);
      const { page } = await open(setting, '#/query?expr=sum+by+(', {}, service.address);
      const failure = page.locator('.failure').first();
      assert.match(await failure.innerText(), /unclosed parenthesis/);
      await failure.getByRole('button', { name: 'Try again' }).waitFor();
      await page.close();
      await service.close();
    },
  },
  {
    name: 'the time that is asked for is the clock of the service, and samples that have stopped are told',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const ahead = 5000;
      service.answers['api/dashboard'] = () => ({ ...APPLICATION, now: new Date(Date.now() + ahead * 1000).toISOString() });
      service.answers['api/v1/label/__name__/values'] = () => ({ status: 'success', data: ['llm_requests_total'] });
      const late: number[] = [];
      service.answers['api/v1/query'] = (query) => {
        const time = Number(query.get('time'));
        if (!(query.get('query') ?? '').includes('"sampled"')) return NO_SERIES;
        late.push(time - Date.now() / 1000 - ahead);
        return {
          status: 'success',
          data: { resultType: 'vector', result: [{ metric: { line: 'sampled' }, value: [time, String(time - 90)] }] },
        };
      };
      const { page } = await open(setting, '#/overview', {}, service.address);
      await page.waitForFunction(() => document.title.startsWith('No new samples have come for'));
      assert.match(bare(await page.title()), /for 9\d s: the numbers below are older than that/);
      assert.ok(
        late.length > 0 && late.slice(-1).every((seconds) => Math.abs(seconds) < 6),
        `seconds off: ${late.join(', ')}`,
      );
      await page.close();
      await service.close();
    },
  },
  {
    name: 'the theme is chosen with a button and kept',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const { page } = await open(setting, '#/overview', {}, service.address);
      const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
      const light = await ground();
      await page.getByRole('button', { name: 'Theme of the system' }).click();
      await page.getByRole('button', { name: 'Light theme' }).click();
      const dark = await ground();
      assert.notEqual(dark, light);
      await page.reload();
      await settled(page);
      assert.equal(await ground(), dark);
      await page.close();
      await service.close();
    },
  },
  {
    name: 'nobody is asked from a hidden tab',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const { page } = await open(setting, '#/overview', {}, service.address);
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      });
      let asked = 0;
      page.on('request', () => (asked += 1));
      await page.waitForTimeout(6500);
      assert.equal(asked, 0);
      await page.evaluate(() => {
        Object.defineProperty(document, 'hidden', { get: () => false });
        document.dispatchEvent(new Event('visibilitychange'));
      });
      for (let tries = 0; asked === 0 && tries < 100; tries += 1) await page.waitForTimeout(100);
      assert.ok(asked > 0, 'it asks again once it is seen');
      await page.close();
      await service.close();
    },
  },
  {
    name: 'one refresh of the overview is few requests',
    needs: 'nothing',
    run: async (setting) => {
      const service = await standIn();
      const { page } = await open(setting, '#/overview', {}, service.address);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await page.waitForTimeout(5500);
      assert.ok(asked.length > 0 && asked.length <= 16, `${asked.length} requests: ${asked.join(', ')}`);
      await page.close();
      await service.close();
    },
  },
];
