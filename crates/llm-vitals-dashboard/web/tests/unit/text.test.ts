import assert from 'node:assert/strict';
import test from 'node:test';

import { isolated, list, plain, plural } from '../../src/format/text.ts';
import { duration, parseDuration, parseTime } from '../../src/format/time.ts';

test('a name cannot turn or hide what follows it', () => {
  assert.equal(plain('gpt\u202e4o\u0007'), 'gpt\ufffd4o\ufffd');
  assert.equal(isolated('a\u2069b'), '\u2068a\ufffdb\u2069');
});

test('a long name keeps its begin and its end', () => {
  assert.equal(plain('abcdefghijklmnopqrstuvwxyz', 10), 'abcdef…xyz');
  assert.equal([...plain('😀'.repeat(100), 10)].length, 10);
});

test('lists and numbers read like sentences', () => {
  assert.equal(list(['a']), 'a');
  assert.equal(list(['a', 'b', 'c']), 'a, b and c');
  assert.equal(plural(1, 'alert'), '1\u00a0alert');
  assert.equal(plural(0, 'alert'), '0\u00a0alerts');
});

test('durations are written as they are read', () => {
  for (const text of ['45s', '90s', '30m', '1h', '36h', '7d']) {
    const seconds = parseDuration(text);
    assert.ok(seconds !== null);
    assert.equal(parseDuration(duration(seconds)), seconds);
  }
  assert.equal(parseDuration('1h30m'), 5400);
  assert.equal(parseDuration('0s'), null);
  assert.equal(parseDuration('-5m'), null);
  assert.equal(parseDuration('5m; drop'), null);
});

test('the year 1 stands for never', () => {
  assert.equal(parseTime('0001-01-01T00:00:00Z'), null);
  assert.equal(parseTime('2026-11-24T09:14:00.123456789Z'), Date.UTC(2026, 10, 24, 9, 14, 0, 123) / 1000);
  assert.equal(parseTime('yesterday'), null);
  assert.equal(parseTime(null), null);
});
