/** The (?) of a panel: what it shows, from which metrics, by which PromQL. */

import { list } from '../format/text.ts';
import type { Line } from '../promql/text.ts';
import { union } from '../promql/text.ts';
import { go, place } from '../state/place.ts';
import { inView } from '../state/url.ts';
import { Copy } from './copy.tsx';
import { Icon } from './icon.tsx';
import { Popup } from './popup.tsx';

export function exprOf(lines: readonly Line[]): string {
  const [first] = lines;
  return lines.length === 1 && first ? first.expr : union(lines);
}

export function Help({ title, about, lines }: { title: string; about: string; lines: readonly Line[] }) {
  const expr = exprOf(lines);
  const metrics = metricsOf(expr);
  return (
    <Popup label="?" name={`About ${title}`} className="button round">
      {(close) => (
        <div class="help">
          <p>{about}</p>
          {metrics.length > 0 && <p class="muted">From {list(metrics)}.</p>}
          {lines.map((line) => (
            <div key={line.name}>
              {lines.length > 1 && <p class="help-line">{line.name}</p>}
              <pre tabIndex={0}>{line.expr}</pre>
            </div>
          ))}
          <p class="row">
            <Copy text={expr} what={`the PromQL of ${title}`} />
            <button
              type="button"
              class="button small"
              onClick={() => {
                close();
                go(inView(place.value, 'query', { expr }));
              }}
            >
              <Icon name="open" size={14} />
              Open in query view
            </button>
          </p>
        </div>
      )}
    </Popup>
  );
}

/** The metrics that an expression names, as far as ours and Prometheus' own are written. */
function metricsOf(expr: string): string[] {
  const bare = expr.replace(/"(?:\\.|[^"\\])*"/g, '""');
  const found = bare.match(/\b(?:llm|redis|health|process|alert)_\w+|\bALERTS\b/g) ?? [];
  return [...new Set(found)];
}
