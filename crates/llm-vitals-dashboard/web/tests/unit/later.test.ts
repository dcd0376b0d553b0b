import assert from 'node:assert/strict';
import test from 'node:test';

import { firstToAsk, joined, type Known } from '../../src/state/later.ts';

const KNOWN: Known = { question: 'q', times: { expr: 'q', start: 100, end: 200, step: 5 }, series: [] };

test('only the newest points are asked, the last three of the known ones again', () => {
  assert.equal(firstToAsk(KNOWN, 'q', { start: 105, end: 205, step: 5 }), 190);
  assert.equal(firstToAsk(KNOWN, 'q', { start: 195, end: 295, step: 5 }), 195);
});

test('another question, an earlier time and a long pause ask for everything', () => {
  assert.equal(firstToAsk(null, 'q', { start: 105, end: 205, step: 5 }), 105);
  assert.equal(firstToAsk(KNOWN, 'r', { start: 105, end: 205, step: 5 }), 105);
  assert.equal(firstToAsk(KNOWN, 'q', { start: 95, end: 195, step: 5 }), 95);
  assert.equal(firstToAsk(KNOWN, 'q', { start: 200, end: 300, step: 5 }), 200);
});

test('what is told now takes the place of what was known, and what is too old goes', () => {
  const known = [
    { labels: { a: '1', b: '2' }, points: [[100, 1], [105, 2], [110, 3]] as [number, number][] },
    { labels: { a: 'old' }, points: [[100, 9]] as [number, number][] },
  ];
  const told = [
    { labels: { b: '2', a: '1' }, points: [[110, 4], [115, 5]] as [number, number][] },
    { labels: { a: 'new' }, points: [[115, 7]] as [number, number][] },
  ];
  assert.deepEqual(joined(known, told, 105, 110), [
    { labels: { b: '2', a: '1' }, points: [[105, 2], [110, 4], [115, 5]] },
    { labels: { a: 'new' }, points: [[115, 7]] },
  ]);
});
