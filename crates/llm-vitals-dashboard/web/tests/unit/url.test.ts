import assert from 'node:assert/strict';
import test from 'node:test';

import { formatPlace, inView, parseLink, parsePlace, START } from '../../src/state/url.ts';

test('a place comes back from its address', () => {
  const place = {
    ...START,
    view: 'providers' as const,
    range: 437,
    to: 1_795_519_604,
    provider: 'a&b=c#"<i>\u202e',
    model: 'org/model:free',
    sort: '-cost',
    by: 'model' as const,
    alert: 'alertname=A,provider=b',
    match: '{alertname="A"}',
    silence: '{a=~"b|c"}',
    expr: 'rate(x{a="1+1"}[5m]) > 0',
  };
  assert.deepEqual(parsePlace(formatPlace(place)), place);
});

test('an empty address is the overview of the last half hour', () => {
  assert.deepEqual(parsePlace(''), START);
  assert.equal(formatPlace(START), '#/overview');
});

test('what is not understood is left out', () => {
  assert.deepEqual(parsePlace('#/nowhere?range=abc&to=-1&x=y&model=m'), START);
  assert.deepEqual(parsePlace('#/alerts?range=0s&to=NaN'), { ...START, view: 'alerts' });
});

test('another view keeps the time and the provider, and nothing of the old view', () => {
  const old = { ...START, range: 900, provider: 'p', sort: 'cost', alert: 'a', expr: 'up' };
  assert.deepEqual(inView(old, 'cache'), { ...START, view: 'cache', range: 900, provider: 'p' });
  assert.equal(inView(old, 'query', { expr: 'x' }).expr, 'x');
});

test('a link in a message leads to its alert, or to the form for a silence', () => {
  const matchers = '{alertname="A",provider="x \\"y\\""}';
  const query = encodeURIComponent(matchers);
  assert.deepEqual(parseLink(`?view=alerts&alert=${query}`), { ...START, view: 'alerts', match: matchers });
  assert.deepEqual(parseLink(`?view=alerts&silence=${query}`), { ...START, view: 'alerts', silence: matchers });
  assert.equal(parseLink('?utm_source=x'), null);
});
