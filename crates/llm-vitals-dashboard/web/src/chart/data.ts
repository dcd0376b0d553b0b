/** From the series of an answer to the columns of a chart. */

import type { Labels, Series } from '../api/prometheus.ts';

export interface ChartLine {
  name: string;
  /** One value for each time; null where there is none. */
  values: (number | null)[];
}

export interface ChartData {
  times: number[];
  lines: ChartLine[];
  /** How many series are not shown. */
  left: number;
}

export interface Columns {
  start: number;
  end: number;
  step: number;
}

/** More lines than this cannot be told apart. */
export const MOST_LINES = 10;

/**
 * Lines in the given order of names, then by size; beyond `most` the smallest are left out. `withoutZeros` leaves out lines that
 * are nothing but zeros: as areas they are not seen.
 */
export function columns(
  series: readonly Series[],
  grid: Columns,
  nameOf: (labels: Labels) => string,
  order: readonly string[] = [],
  withoutZeros = false,
  most = MOST_LINES,
): ChartData {
  const { start, end, step } = grid;
  const count = Math.max(0, Math.round((end - start) / step) + 1);
  const times = Array.from({ length: count }, (_, index) => start + index * step);
  const lines = series.map(({ labels, points }) => {
    const values = new Array<number | null>(count).fill(null);
    for (const [time, value] of points) {
      const index = Math.round((time - start) / step);
      if (index >= 0 && index < count && Number.isFinite(value)) values[index] = value;
    }
    return { name: nameOf(labels), values };
  });
  const rank = (line: ChartLine): number => {
    const place = order.indexOf(line.name);
    return place < 0 ? order.length : place;
  };
  lines.sort((one, other) => rank(one) - rank(other) || total(other) - total(one) || compare(one.name, other.name));
  const shown = lines.filter((line) => line.values.some((value) => (withoutZeros ? (value ?? 0) !== 0 : value !== null)));
  return { times, lines: shown.slice(0, most), left: Math.max(0, shown.length - most) };
}

/** Each line on top of those before it; a hole counts as nothing where another line has a value. */
export function stacked(lines: readonly ChartLine[], count: number): (number | null)[][] {
  const sums = new Array<number>(count).fill(0);
  return lines.map((line) =>
    Array.from({ length: count }, (_, index) => {
      const nobody = lines.every((other) => other.values[index] === null);
      if (nobody) return null;
      sums[index] = (sums[index] ?? 0) + (line.values[index] ?? 0);
      return sums[index] ?? null;
    }),
  );
}

/** The last value that is known, and when it was. */
export function latest(line: ChartLine, times: readonly number[]): { value: number; time: number } | null {
  for (let index = line.values.length - 1; index >= 0; index -= 1) {
    const value = line.values[index];
    if (value !== null && value !== undefined) return { value, time: times[index] ?? 0 };
  }
  return null;
}

function total(line: ChartLine): number {
  return line.values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
