import assert from 'node:assert/strict';
import test from 'node:test';

import { change, format, span, type Unit } from '../../src/format/number.ts';

/** What is shown, with plain spaces. */
function shown(value: number | null | undefined, unit: Unit): string {
  return format(value, unit).replace(/[\u00a0\u202f]/g, ' ');
}

function spanned(seconds: number): string {
  return span(seconds).replaceAll('\u00a0', ' ');
}

test('what is not known is a dash and never zero', () => {
  for (const unit of ['number', 'count', 'per-second', 'seconds', 'share', 'usd', 'bytes', 'tokens'] as const) {
    assert.equal(shown(null, unit), '–');
    assert.equal(shown(undefined, unit), '–');
    assert.equal(shown(Number.NaN, unit), '–');
    assert.equal(shown(Number.POSITIVE_INFINITY, unit), '–');
  }
  assert.equal(span(null), '–');
});

test('times have the unit that fits', () => {
  assert.equal(shown(0, 'seconds'), '0 s');
  assert.equal(shown(0.0000042, 'seconds'), '4.2 µs');
  assert.equal(shown(0.34, 'seconds'), '340 ms');
  assert.equal(shown(0.9994, 'seconds'), '999 ms');
  assert.equal(shown(0.9996, 'seconds'), '1 s');
  assert.equal(shown(1.2449, 'seconds'), '1.24 s');
  assert.equal(shown(59.96, 'seconds'), '60 s');
  assert.equal(shown(150, 'seconds'), '3 min');
});

test('shares are percent, and neither all nor nothing while it is not quite so', () => {
  assert.equal(shown(0, 'share'), '0 %');
  assert.equal(shown(0.00004, 'share'), '< 0.01 %');
  assert.equal(shown(0.0123, 'share'), '1.23 %');
  assert.equal(shown(0.2312, 'share'), '23.1 %');
  assert.equal(shown(0.992, 'share'), '99.2 %');
  assert.equal(shown(0.99999, 'share'), '> 99.9 %');
  assert.equal(shown(1, 'share'), '100 %');
});

test('money keeps two figures that count', () => {
  assert.equal(shown(0, 'usd'), '$0');
  assert.equal(shown(0.0031, 'usd'), '$0.0031');
  assert.equal(shown(0.25, 'usd'), '$0.25');
  assert.equal(shown(0.00998, 'usd'), '$0.010');
  assert.equal(shown(0.999, 'usd'), '$1.00');
  assert.equal(shown(3.1249, 'usd'), '$3.12');
  assert.equal(shown(1234.4, 'usd'), '$1 234');
  assert.equal(shown(56_780, 'usd'), '$56.8 k');
  assert.equal(shown(-2.5, 'usd'), '−$2.50');
  assert.equal(shown(0.0000001, 'usd'), '< $0.000001');
  assert.equal(shown(1.2, 'usd-per-hour'), '$1.20/h');
});

test('large numbers are short', () => {
  assert.equal(shown(12_400, 'tokens'), '12.4 k tokens');
  assert.equal(shown(999.6, 'number'), '1 k');
  assert.equal(shown(999.4, 'number'), '999');
  assert.equal(shown(1_234_567, 'number'), '1.23 M');
  assert.equal(shown(12.44, 'per-second'), '12.4/s');
  assert.equal(shown(0.0446, 'per-second'), '0.0446/s');
  assert.equal(shown(5_300, 'per-second'), '5.3 k/s');
  assert.equal(shown(12_345, 'count'), '12 345');
  assert.equal(shown(1_048_576, 'bytes'), '1 MiB');
  assert.equal(shown(1_100, 'bytes'), '1.07 KiB');
  assert.equal(shown(12, 'bytes'), '12 B');
});

test('spans have two units at most', () => {
  assert.equal(spanned(40), '40 s');
  assert.equal(spanned(99), '99 s');
  assert.equal(spanned(360), '6 min');
  assert.equal(spanned(3 * 3600 + 12 * 60), '3 h 12 min');
  assert.equal(spanned(6 * 3600), '6 h');
  assert.equal(spanned(52 * 3600), '2 d 4 h');
});

test('a change is told in percent, of shares in points', () => {
  const said = (now: number | null, before: number | null, unit: Unit): string | undefined =>
    change(now, before, unit)?.replaceAll('\u00a0', ' ');
  assert.equal(said(112, 100, 'per-second'), '+12 %');
  assert.equal(said(92.5, 100, 'seconds'), '−7.5 %');
  assert.equal(said(100, 100, 'usd'), '±0 %');
  assert.equal(said(0.052, 0.04, 'share'), '+1.2 points');
  assert.equal(change(1, null, 'share'), null);
  assert.equal(change(1, 0, 'seconds'), null);
});
