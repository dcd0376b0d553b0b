/** Numbers with the units that people read. A number that is not known is an en dash, never 0. */

export type Unit =
  'number' | 'count' | 'per-second' | 'seconds' | 'milliseconds' | 'share' | 'usd' | 'usd-per-hour' | 'bytes' | 'tokens' | 'tokens-per-second';

/** What stands where a number is not known. */
export const UNKNOWN = '–';

/** Between a number and its unit: the two stay on one line. */
const GAP = '\u00a0';

export function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function format(value: number | null | undefined, unit: Unit): string {
  if (!isKnown(value)) return UNKNOWN;
  switch (unit) {
    case 'number':
      return scaled(value).trimEnd();
    case 'count':
      return count(value);
    case 'per-second':
      return `${scaled(value)}/s`.replace(`${GAP}/s`, '/s');
    case 'seconds':
      return seconds(value);
    case 'milliseconds':
      return seconds(value / 1000);
    case 'share':
      return share(value);
    case 'usd':
      return usd(value);
    case 'usd-per-hour':
      return `${usd(value)}/h`;
    case 'bytes':
      return bytes(value);
    case 'tokens':
      return `${scaled(value)}${GAP}tokens`.replace(GAP + GAP, GAP);
    case 'tokens-per-second':
      return `${scaled(value)}/s`;
  }
}

/** Three figures that count, without a tail of zeros: 12.4, 0.031, 340. */
export function figures(value: number, digits = 3): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 10 ** (digits - 1)) return grouped(Math.round(value));
  if (size < 1e-6) return value.toExponential(1);
  const decimals = Math.min(8, digits - 1 - Math.floor(Math.log10(size)));
  const text = value.toFixed(decimals);
  return text.replace(/\.?0+$/, '');
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US').replaceAll(',', '\u202f');
}

/** With k, M, G behind thousands, millions and so on. */
function scaled(value: number): string {
  const size = Math.abs(value);
  for (const [limit, letter] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    // 999.7 would be shown as 1 000.
    if (size >= limit * 0.9995) return `${figures(value / limit)}${GAP}${letter}`;
  }
  return figures(value);
}

function count(value: number): string {
  if (Math.abs(value) >= 99_999.5) return scaled(value);
  return Number.isInteger(value) || Math.abs(value) >= 100 ? grouped(value) : figures(value);
}

function seconds(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return `0${GAP}s`;
  if (size < 0.0009995) return `${figures(value * 1e6)}${GAP}µs`;
  if (size < 0.9995) return `${figures(value * 1e3)}${GAP}ms`;
  if (size < 99.95) return `${figures(value)}${GAP}s`;
  return span(value);
}

function share(value: number): string {
  const percent = value * 100;
  const size = Math.abs(percent);
  // Neither all nor nothing while it is not quite so.
  if (size > 0 && size < 0.01) return `<${GAP}0.01${GAP}%`;
  if (size < 100 && size >= 99.95) return `>${GAP}99.9${GAP}%`;
  const decimals = size >= 10 || size === 0 ? 1 : 2;
  return `${percent.toFixed(decimals).replace(/\.?0+$/, '')}${GAP}%`;
}

function usd(value: number): string {
  const size = Math.abs(value);
  const sign = value < 0 ? '−' : '';
  if (size === 0) return '$0';
  if (size >= 9_999.5) return `${sign}$${scaled(size)}`;
  if (size >= 100) return `${sign}$${grouped(size)}`;
  if (size >= 0.995) return `${sign}$${size.toFixed(2)}`;
  if (size < 1e-6) return `<${GAP}$0.000001`;
  // 0.00998 is a cent in two figures, and has a cent's decimals.
  const rounded = Number(size.toPrecision(2));
  const decimals = Math.max(2, 1 - Math.floor(Math.log10(rounded)));
  return `${sign}$${size.toFixed(decimals)}`;
}

function bytes(value: number): string {
  const size = Math.abs(value);
  for (const [limit, unit] of [
    [2 ** 40, 'TiB'],
    [2 ** 30, 'GiB'],
    [2 ** 20, 'MiB'],
    [2 ** 10, 'KiB'],
  ] as const) {
    if (size >= limit * 0.9995) return `${figures(value / limit)}${GAP}${unit}`;
  }
  return `${figures(value)}${GAP}B`;
}

/** A span of time in its two largest units: 40 s, 6 min, 3 h 12 min, 2 d 4 h. */
export function span(value: number | null | undefined): string {
  if (!isKnown(value)) return UNKNOWN;
  const all = Math.max(0, Math.round(value));
  if (all < 100) return `${all}${GAP}s`;
  const minutes = Math.round(all / 60);
  if (minutes < 100) return `${minutes}${GAP}min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return join(hours, 'h', minutes % 60, 'min');
  return join(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function join(large: number, unit: string, small: number, smallUnit: string): string {
  const head = `${large}${GAP}${unit}`;
  return small === 0 ? head : `${head} ${small}${GAP}${smallUnit}`;
}

/** How a number differs from an earlier one: in percent, and shares in points. None where that cannot be said. */
export function change(now: number | null, before: number | null, unit: Unit): string | null {
  if (!isKnown(now) || !isKnown(before)) return null;
  if (unit === 'share') return signed((now - before) * 100, 'points');
  if (before === 0) return now === 0 ? `±0${GAP}%` : null;
  return signed((now / before - 1) * 100, '%');
}

function signed(value: number, unit: string): string {
  const size = Math.abs(value);
  if (size >= 1_000) return `${value > 0 ? '+' : '−'}${scaled(size)}${GAP}${unit}`;
  const text = size >= 10 ? size.toFixed(0) : size.toFixed(1).replace(/\.0$/, '');
  if (text === '0') return `±0${GAP}${unit}`;
  return `${value > 0 ? '+' : '−'}${text}${GAP}${unit}`;
}
