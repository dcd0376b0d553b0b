/** Putting PromQL together. */

import { duration } from '../format/time.ts';

/** A line of a panel: what it is called, and its expression. */
export interface Line {
  name: string;
  expr: string;
}

/** What a page looks at: everything, one provider, or one model of it. */
export interface Scope {
  provider: string | null;
  model: string | null;
}

/** The time that an expression looks back over, and how long before. */
export interface Window {
  seconds: number;
  offset?: number;
}

/** The label that tells the lines of a panel apart. */
export const LINE = 'line';

/** A string of PromQL. */
export function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}

/** `metric{...}` without the braces when there is nothing in them. */
export function select(metric: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

export function matchers(scope: Scope, ...more: string[]): string[] {
  const own: string[] = [];
  if (scope.provider !== null) own.push(`provider=${quote(scope.provider)}`);
  if (scope.model !== null) own.push(`model=${quote(scope.model)}`);
  return [...own, ...more];
}

export function range(selector: string, window: Window): string {
  const offset = window.offset ? ` offset ${duration(window.offset)}` : '';
  return `${selector}[${duration(window.seconds)}]${offset}`;
}

export function rate(selector: string, window: Window): string {
  return `rate(${range(selector, window)})`;
}

export function increase(selector: string, window: Window): string {
  return `increase(${range(selector, window)})`;
}

export function sum(expr: string, by: readonly string[] = []): string {
  return by.length === 0 ? `sum(${expr})` : `sum by (${by.join(', ')}) (${expr})`;
}

export function quantile(share: number, bucket: string, window: Window, by: readonly string[] = []): string {
  return `histogram_quantile(${share}, ${sum(rate(bucket, window), [...by, 'le'])})`;
}

/** All lines as one query: each has the label `line` with its name. */
export function union(lines: readonly Line[]): string {
  return lines.map(({ name, expr }) => `label_replace(${expr}, "${LINE}", ${quote(name)}, "", "")`).join('\nor\n');
}
