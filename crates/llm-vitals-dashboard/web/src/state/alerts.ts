/** The alerts of the rules, joined with the silences that cover them. */

import { computed } from '@preact/signals';

import type { AlertRule, Labels, RuleAlert } from '../api/prometheus.ts';
import type { Silence } from '../api/silences.ts';
import { parseTime } from '../format/time.ts';
import { meets } from '../promql/matchers.ts';
import { quiet, rules } from './service.ts';

export interface Alert {
  /** Tells alerts apart, in addresses too. */
  key: string;
  name: string;
  state: 'firing' | 'pending';
  severity: string | null;
  labels: Labels;
  annotations: Labels;
  since: number | null;
  value: number | null;
  rule: AlertRule;
  silences: Silence[];
}

export const alerts = computed<Alert[]>(() => {
  const silences = (quiet.value.data ?? []).filter((silence) => silence.status.state === 'active');
  const all = (rules.value.data ?? []).flatMap((group) =>
    group.rules.flatMap((rule) => (rule.alerts ?? []).map((alert) => joined(alert, rule, silences))),
  );
  return all.filter((alert): alert is Alert => alert !== null).sort(byWeight);
});

export const alertRules = computed(() =>
  (rules.value.data ?? []).flatMap((group) => group.rules.filter((rule) => rule.type === 'alerting')),
);

/** Those that somebody should look at. */
export const loud = computed(() => alerts.value.filter((alert) => alert.state === 'firing' && alert.silences.length === 0));

/** Whether an alert is worse than a warning. */
export function isSevere(severity: string | null): boolean {
  return severity === 'critical' || severity === 'page' || severity === 'error';
}

export function keyOf(labels: Labels): string {
  const names = Object.keys(labels).sort();
  return names.map((name) => `${name}=${labels[name]}`).join(',');
}

function joined(alert: RuleAlert, rule: AlertRule, silences: readonly Silence[]): Alert | null {
  if (alert.state === 'inactive') return null;
  const value = Number(alert.value);
  return {
    key: keyOf(alert.labels),
    name: alert.labels.alertname ?? rule.name,
    state: alert.state,
    severity: alert.labels.severity ?? null,
    labels: alert.labels,
    annotations: alert.annotations,
    since: parseTime(alert.activeAt),
    value: Number.isFinite(value) ? value : null,
    rule,
    silences: silences.filter((silence) => meets(silence.matchers, alert.labels)),
  };
}

function byWeight(one: Alert, other: Alert): number {
  return weight(one) - weight(other) || (other.since ?? 0) - (one.since ?? 0);
}

function weight(alert: Alert): number {
  const silenced = alert.silences.length > 0 ? 4 : 0;
  const pending = alert.state === 'pending' ? 2 : 0;
  return silenced + pending + (isSevere(alert.severity) ? 0 : 1);
}
