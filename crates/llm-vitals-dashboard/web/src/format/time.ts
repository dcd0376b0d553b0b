/** Points in time and durations. Times are seconds since 1970; what is shown is in the reader's own zone. */

import { span } from './number.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNITS: Record<string, number> = { s: 1, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };

/** 90 as 90s, 1800 as 30m, as URLs and PromQL have it. */
export function duration(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    const size = UNITS[unit] ?? 1;
    if (seconds >= size && seconds % size === 0) return `${seconds / size}${unit}`;
  }
  return `${seconds}s`;
}

/** The seconds of 90s, 30m or 1h30m; none if it is no duration. */
export function parseDuration(text: string): number | null {
  if (!/^(\d+[smhdw])+$/.test(text)) return null;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+)([smhdw])/g)) {
    sum += Number(number) * (UNITS[unit ?? ''] ?? 0);
  }
  return sum > 0 && sum <= 366 * DAY ? sum : null;
}

/** The seconds of an RFC 3339 time; none if it is not one, or the year 1 that stands for never. */
export function parseTime(text: string | null | undefined): number | null {
  if (!text || text.startsWith('0001-')) return null;
  // More digits than milliseconds are not understood by every browser.
  const millis = Date.parse(text.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isFinite(millis) ? millis / 1000 : null;
}

/** 14:05:09, with the day in front when that is not today's. */
export function clock(seconds: number, now: number, withSeconds = true): string {
  const date = new Date(seconds * 1000);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}${withSeconds ? `:${two(date.getSeconds())}` : ''}`;
  const today = new Date(now * 1000);
  if (date.toDateString() === today.toDateString()) return time;
  const day = `${two(date.getDate())} ${MONTHS[date.getMonth()]}`;
  return date.getFullYear() === today.getFullYear() ? `${day} ${time}` : `${day} ${date.getFullYear()} ${time}`;
}

/** "6 min ago", "just now", "in 3 h". */
export function ago(seconds: number, now: number): string {
  const age = now - seconds;
  if (age < -1.5) return `in ${span(-age)}`;
  return age < 1.5 ? 'just now' : `${span(age)} ago`;
}

export function day(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${date.getDate()} ${MONTHS[date.getMonth()]}`;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function two(value: number): string {
  return String(value).padStart(2, '0');
}
