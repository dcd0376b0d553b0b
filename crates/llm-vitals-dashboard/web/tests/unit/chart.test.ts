import assert from 'node:assert/strict';
import test from 'node:test';

import { columns, latest, stacked } from '../../src/chart/data.ts';
import { everySeconds, grid, rateWindow, stepOf } from '../../src/state/step.ts';

const GRID = { start: 100, end: 120, step: 5 };

test('points come into their columns, and what is missing is null', () => {
  const series = [
    { labels: { status: 'error' }, points: [[110, 1]] as [number, number][] },
    {
      labels: { status: 'success' },
      points: [
        [100, 3],
        [105, 4],
        [120, Number.POSITIVE_INFINITY],
      ] as [number, number][],
    },
  ];
  const data = columns(series, GRID, (labels) => labels.status ?? '', ['success', 'error']);
  assert.deepEqual(data.times, [100, 105, 110, 115, 120]);
  assert.deepEqual(data.lines, [
    { name: 'success', values: [3, 4, null, null, null] },
    { name: 'error', values: [null, null, 1, null, null] },
  ]);
  assert.deepEqual(latest(data.lines[0] ?? { name: '', values: [] }, data.times), { value: 4, time: 105 });
});

test('beyond the most lines the smallest are left out, and counted', () => {
  const series = Array.from({ length: 12 }, (_, index) => ({
    labels: { model: `m${index}` },
    points: [[100, index]] as [number, number][],
  }));
  const data = columns(series, GRID, (labels) => labels.model ?? '');
  assert.equal(data.lines[0]?.name, 'm11');
  assert.deepEqual([data.lines.length, data.left], [10, 2]);
});

test('areas leave out what is always zero', () => {
  const zero = {
    labels: {},
    points: [
      [100, 0],
      [105, 0],
    ] as [number, number][],
  };
  assert.equal(columns([zero], GRID, () => 'zero', [], true).lines.length, 0);
  assert.equal(columns([zero], GRID, () => 'zero').lines.length, 1);
});

test('a stack has a hole only where nobody has a value', () => {
  const lines = [
    { name: 'a', values: [1, null, null] },
    { name: 'b', values: [2, 3, null] },
  ];
  assert.deepEqual(stacked(lines, 3), [
    [1, 0, null],
    [3, 3, null],
  ]);
});

test('no chart asks for more points than it can show, nor for more than there are samples', () => {
  assert.equal(stepOf(300, 800, 5), 5);
  assert.equal(stepOf(1800, 600, 5), 15);
  assert.equal(stepOf(6 * 3600, 600, 5), 300);
  assert.equal(stepOf(300, 800, 30), 30);
  for (const range of [300, 1800, 86_400, 30 * 86_400]) assert.ok(range / stepOf(range, 390, 5) <= 100);
});

test('points stay where they are while time goes on', () => {
  assert.deepEqual(grid(60, 1003, 15), { start: 945, end: 990 });
  assert.deepEqual(grid(60, 1004, 15), { start: 945, end: 990 });
  assert.equal(rateWindow(5, 5), 60);
  assert.equal(rateWindow(300, 5), 305);
});

test('numbers over a long time are asked less often', () => {
  assert.deepEqual([60, 300, 1800, 21_600].map(everySeconds), [1, 2, 15, 60]);
});
