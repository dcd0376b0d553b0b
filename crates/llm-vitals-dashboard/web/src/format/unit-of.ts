/** In what unit a rule counts: its own texts say so, else the name of what it looks at. */

import type { AlertRule } from '../api/prometheus.ts';
import { threshold } from '../promql/threshold.ts';
import type { Unit } from './number.ts';

/** What templates do with the value before somebody reads it. */
const TEXTS: readonly [RegExp, Unit][] = [
  [/\$value\s*\|\s*humanizePercentage/, 'share'],
  [/\$value\s*\|\s*humanizeDuration/, 'seconds'],
  [/\$value\s*\|\s*humanize1024/, 'bytes'],
  [/\$value[^}]*\}\}\s*ms\b/, 'milliseconds'],
  [/\$value[^}]*\}\}\s*(?:US dollars|USD) an hour/, 'usd-per-hour'],
  [/\$value[^}]*\}\}\s*(?:US dollars|USD)|\$\{\{[^}]*\$value/, 'usd'],
];

const NAMES: readonly [RegExp, Unit][] = [
  [/(?:error|success|hit|miss|cancelled)_rate$|_(?:ratio|share)$/, 'share'],
  [/_bytes$/, 'bytes'],
  [/_seconds$/, 'seconds'],
  [/_usd_per_hour$|cost_per_hour$/, 'usd-per-hour'],
];

export function unitOf(rule: Pick<AlertRule, 'query' | 'annotations'> | undefined): Unit {
  if (rule === undefined) return 'number';
  const texts = Object.values(rule.annotations ?? {}).join('\n');
  const told = TEXTS.find(([pattern]) => pattern.test(texts));
  if (told) return told[1];
  const name = threshold(rule.query)?.expr ?? '';
  return NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? 'number';
}
