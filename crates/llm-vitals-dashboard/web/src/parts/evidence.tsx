/** What an alert rests on: its expression, the value beside the threshold, how it went, and what to do. */

import { format, span, UNKNOWN } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { unitOf } from '../format/unit-of.ts';
import { quote } from '../promql/text.ts';
import { threshold, type Threshold } from '../promql/threshold.ts';
import type { Alert } from '../state/alerts.ts';
import { go, place } from '../state/place.ts';
import { inView } from '../state/url.ts';
import { ChartPanel } from './chart-panel.tsx';
import { Copy } from './copy.tsx';
import { Icon } from './icon.tsx';

export function Evidence({ alert }: { alert: Alert }) {
  const { rule, annotations } = alert;
  const limit = threshold(rule.query);
  const unit = unitOf(rule);
  const runbook = annotations.runbook_url ?? annotations.runbook ?? null;
  return (
    <div class="evidence">
      <dl class="facts">
        <div>
          <dt>Value</dt>
          <dd class="figure">{format(alert.value, unit)}</dd>
        </div>
        <div>
          <dt>Threshold</dt>
          <dd>{limit === null ? UNKNOWN : `${limit.operator} ${format(limit.value, unit)}`}</dd>
        </div>
        <div>
          <dt>Must hold for</dt>
          <dd>{rule.duration ? span(rule.duration) : 'one evaluation'}</dd>
        </div>
        <div>
          <dt>What to do</dt>
          <dd>{runbook === null ? 'no runbook is named' : <Runbook address={runbook} />}</dd>
        </div>
      </dl>
      {annotations.description && annotations.summary && <p>{plain(annotations.description, 600)}</p>}
      <ChartPanel
        title={limit === null ? 'The expression' : 'The value and its threshold'}
        about="What the rule looks at. The broken line is the threshold."
        lines={() => [{ name: 'value', expr: looked(alert, limit) }]}
        nameOf={(labels) => nameOf(labels)}
        unit={unit}
        threshold={limit?.value ?? null}
        height={160}
        empty="The expression has no value in this range: its condition does not hold, or its series is gone."
        wide
      />
      <pre tabIndex={0}>{rule.query}</pre>
      <p class="row">
        <Copy text={rule.query} what="the expression" />
        <button type="button" class="button small" onClick={() => go(inView(place.value, 'query', { expr: rule.query }))}>
          <Icon name="open" size={14} />
          Open in query view
        </button>
      </p>
      {rule.lastError && <p class="problem">The last evaluation failed: {plain(rule.lastError, 300)}</p>}
    </div>
  );
}

/** Addresses are links only where they lead to a page; anything else is shown as it is written. */
function Runbook({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) {
    return (
      <span class="id">
        <code>{plain(address, 200)}</code>
        <Copy text={address} what="where the runbook is" short />
      </span>
    );
  }
  return (
    <a href={address} target="_blank" rel="noreferrer noopener">
      {plain(address, 80)}
    </a>
  );
}

/** The left side of the comparison for the series of this alert, so that it is seen below the threshold too. */
function looked(alert: Alert, limit: Threshold | null): string {
  if (limit === null) return alert.rule.query;
  const own = ['provider', 'model', 'cache', 'node', 'check'].flatMap((name) => {
    const value = alert.labels[name];
    return value === undefined ? [] : [`${name}=${quote(value)}`];
  });
  const isSelector = /^[a-zA-Z_:][\w:]*$/.test(limit.expr);
  return isSelector && own.length > 0 ? `${limit.expr}{${own.join(',')}}` : limit.expr;
}

function nameOf(labels: Readonly<Record<string, string>>): string {
  const own = Object.entries(labels).filter(([name]) => name !== '__name__');
  return own.length === 0 ? 'value' : own.map(([, value]) => value).join(', ');
}
