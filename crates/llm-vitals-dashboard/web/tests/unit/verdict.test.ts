import assert from 'node:assert/strict';
import test from 'node:test';

import type { Check } from '../../src/api/application.ts';
import { verdict, type Facts } from '../../src/verdict.ts';

const NOW = Date.UTC(2026, 10, 24, 12) / 1000;

const CALM: Facts = {
  now: NOW,
  lostSince: null,
  staleSince: null,
  known: true,
  requestsPerSecond: 12.44,
  providers: ['openai', 'anthropic', 'gemini', 'local'].map((name) => ({ name, requestsPerSecond: 3, errorRate: 0.001 })),
  checks: [],
  firing: [],
  pending: 0,
  silenced: 0,
  callersErrorRate: null,
  unreached: [],
  spentToday: 3.12,
};

function said(facts: Partial<Facts>): [string, string] {
  const { level, text } = verdict({ ...CALM, ...facts });
  return [level, text.replaceAll('\u00a0', ' ').replace(/[\u2068\u2069]/g, '')];
}

function check(name: string, state: Check['state'], secondsAgo: number): Check {
  const since = new Date((NOW - secondsAgo) * 1000).toISOString();
  return { name, state, since, kind: null, group: null, lastRun: null, durationSeconds: null, message: null };
}

test('all well says what is there, how much it does and what it costs', () => {
  assert.deepEqual(said({}), ['well', 'All well. 4 providers, 12.4 requests/s, $3.12 today.']);
  assert.deepEqual(said({ spentToday: null, pending: 1 }), ['well', 'All well. 4 providers, 12.4 requests/s, 1 alert pending.']);
});

test('a failing provider is named, with how much and since when', () => {
  const providers = [...CALM.providers, { name: 'openrouter', requestsPerSecond: 2, errorRate: 0.23 }];
  const firing = [
    { name: 'ProviderHighErrorRate', severe: false, provider: 'openrouter', since: NOW - 360 },
    { name: 'CostBurnHigh', severe: false, provider: null, since: NOW - 7200 },
  ];
  assert.deepEqual(said({ providers, firing }), ['warning', 'openrouter is failing: 23 % errors for 6 min. 2 alerts firing.']);
  assert.deepEqual(said({ providers }), ['warning', 'openrouter is failing: 23 % errors in the last 5 min.']);
});

test('a provider that mostly fails, a severe alert and a check that is down are trouble', () => {
  const providers = [{ name: 'a', requestsPerSecond: 1, errorRate: 1 }];
  assert.equal(said({ providers })[0], 'trouble');
  assert.deepEqual(said({ firing: [{ name: 'X', severe: true, provider: null, since: null }] }), ['trouble', '1 alert firing.']);
  assert.deepEqual(said({ checks: [check('redis', 'down', 40)] }), ['trouble', 'redis is down for 40 s.']);
  const several = ['a', 'b', 'c', 'd', 'e'].map((name) => check(name, 'down', 10));
  assert.deepEqual(said({ checks: several }), ['trouble', 'a, b, c and 2 more are down.']);
});

test('a provider that was hardly called is not judged by its share', () => {
  assert.equal(said({ providers: [{ name: 'a', requestsPerSecond: 0.01, errorRate: 1 }] })[0], 'well');
});

test('a degraded check is a warning', () => {
  assert.deepEqual(said({ checks: [check('openai', 'degraded', 10)] }), ['warning', 'openai is degraded.']);
});

test('a silenced alert is told and disturbs nobody', () => {
  const [level, text] = said({ silenced: 1 });
  assert.deepEqual([level, text], ['well', 'All well. 4 providers, 12.4 requests/s, $3.12 today. 1 alert silenced.']);
});

test('no traffic is said, and is not zero of anything', () => {
  assert.deepEqual(said({ requestsPerSecond: null, providers: [], spentToday: null }), [
    'well',
    'Nothing is wrong, and there is no traffic.',
  ]);
});

test('a service that does not answer has no verdict', () => {
  assert.deepEqual(said({ lostSince: NOW - 12 }), ['unknown', 'The service has not answered for 12 s. Trying again.']);
  assert.deepEqual(said({ known: false }), ['unknown', 'Asking the service how it is.']);
});

test('samples that stopped coming are said before anything that rests on them', () => {
  assert.deepEqual(said({ staleSince: NOW - 80 }), [
    'warning',
    'No new samples have come for 80 s: the numbers below are older than that.',
  ]);
});

test('a hostile name stays inside its marks', () => {
  const providers = [{ name: `\u202e\u2069${'x'.repeat(500)}`, requestsPerSecond: 1, errorRate: 0.9 }];
  const { text } = verdict({ ...CALM, providers });
  assert.ok(text.length < 120);
  assert.ok(!text.includes('\u202e'));
  assert.equal(text.indexOf('\u2069'), text.lastIndexOf('\u2069'));
});

test('whether callers suffer from a failing provider is said, and each sentence leads to its view', () => {
  const providers = [{ name: 'openrouter', requestsPerSecond: 2, errorRate: 0.23 }];
  const failing = 'openrouter is failing: 23 % errors in the last 5 min.';
  assert.deepEqual(said({ providers, callersErrorRate: 0 }), ['warning', `${failing} Callers do not notice.`]);
  assert.deepEqual(said({ providers, callersErrorRate: 0.041 }), ['warning', `${failing} 4.1 % of the requests fail.`]);
  const { sentences } = verdict({ ...CALM, providers, silenced: 1 });
  assert.deepEqual(
    sentences.map(({ view, provider }) => [view, provider]),
    [
      ['providers', 'openrouter'],
      ['alerts', undefined],
    ],
  );
});

test('messages that reach nobody are a warning of their own', () => {
  assert.deepEqual(said({ unreached: ['ops', 'pager'] }), ['warning', 'Messages do not reach ops and pager.']);
});
