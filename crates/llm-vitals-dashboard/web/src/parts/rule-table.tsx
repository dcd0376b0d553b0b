/** All alert rules, also those that do not fire. */

import { format, span, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { alertRules } from '../state/alerts.ts';
import { go, place } from '../state/place.ts';
import { inView } from '../state/url.ts';
import { Name } from './name.tsx';
import { State } from './state.tsx';
import { Table } from './table.tsx';

const RANK: Record<string, number> = { firing: 0, pending: 1 };

export function RuleTable() {
  const rules = alertRules.value;
  if (rules.length === 0) return null;
  const sorted = [...rules].sort(
    (one, other) => (RANK[one.state ?? ''] ?? 2) - (RANK[other.state ?? ''] ?? 2) || (one.name < other.name ? -1 : 1),
  );
  return (
    <details class="panel wide rules">
      <summary>
        <h2>Rules</h2> <span class="muted">{rules.length}</span>
      </summary>
      <Table
        caption="Rules"
        rows={sorted}
        keyOf={(rule) => `${rule.name}\n${rule.query}`}
        columns={[
          {
            id: 'name',
            title: 'Rule',
            show: (rule) => (
              <button type="button" class="link" onClick={() => go(inView(place.value, 'query', { expr: rule.query }))}>
                <Name text={rule.name} />
              </button>
            ),
          },
          { id: 'state', title: 'State', show: (rule) => <State state={rule.state ?? 'unknown'} /> },
          { id: 'severity', title: 'Severity', show: (rule) => <Name text={rule.labels?.severity ?? UNKNOWN} most={20} /> },
          { id: 'for', title: 'For', show: (rule) => (rule.duration ? span(rule.duration) : format(null, 'seconds')), figure: true },
          {
            id: 'health',
            title: 'Evaluation',
            show: (rule) => (rule.lastError ? plain(rule.lastError, 120) : plain(rule.health ?? UNKNOWN, 30)),
          },
        ]}
      />
    </details>
  );
}
