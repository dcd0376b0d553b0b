/** Any expression, as a chart and as a table. */

import { useEffect, useState } from 'preact/hooks';

import { format } from '../format/number.ts';
import { plain } from '../format/text.ts';
import { clock } from '../format/time.ts';
import { ChartPanel } from '../parts/chart-panel.tsx';
import { Copy } from '../parts/copy.tsx';
import { Empty, Failure, Waiting } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { Table } from '../parts/table.tsx';
import type { Labels } from '../api/prometheus.ts';
import { end, now, refresh } from '../state/clock.ts';
import { useInstant } from '../state/load.ts';
import { go, place } from '../state/place.ts';

const EXAMPLE = 'sum by (provider) (rate(llm_requests_total[5m]))';

/** More rows than these are no help; the expression should add up. */
const MOST_ROWS = 200;

export function QueryView() {
  const { expr } = place.value;
  const [text, setText] = useState(expr ?? '');
  useEffect(() => setText(expr ?? ''), [expr]);
  const ask = (): void => {
    const wanted = text.trim();
    if (wanted !== '' && wanted === expr) refresh();
    else go({ expr: wanted === '' ? null : wanted });
  };
  return (
    <>
      <form
        class="query"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label for="expr">PromQL</label>
        <textarea
          id="expr"
          rows={Math.min(12, Math.max(3, text.split('\n').length))}
          spellcheck={false}
          autocomplete="off"
          placeholder={EXAMPLE}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            ask();
          }}
        />
        <p class="row">
          <button type="submit" class="button primary">
            Ask
          </button>
          <Copy text={text} what="the expression" />
          <span class="muted wide-only">Ctrl + Enter asks too</span>
        </p>
      </form>
      {expr === null ? (
        <Empty>Nothing is asked yet. Write an expression, or open one from the (?) of a panel.</Empty>
      ) : (
        <Answer expr={expr} />
      )}
    </>
  );
}

function Answer({ expr }: { expr: string }) {
  const loaded = useInstant(expr);
  const rows = (loaded.data ?? []).slice(0, MOST_ROWS);
  return (
    <>
      <ChartPanel
        title="Chart"
        about="The expression over the time that is shown."
        lines={() => [{ name: 'value', expr }]}
        nameOf={seriesName}
        unit="number"
        height={280}
        empty="The expression has no value in this range."
        wide
      />
      <Panel
        title="Table"
        note={`at ${clock(end.value, now.value)}${(loaded.data?.length ?? 0) > MOST_ROWS ? `, the first ${MOST_ROWS}` : ''}`}
        wide
      >
        {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
        {loaded.data === null ? (
          loaded.error === null && <Waiting />
        ) : rows.length === 0 ? (
          <Empty>The expression has no value at this moment.</Empty>
        ) : (
          <Table
            caption="Values"
            rows={rows}
            keyOf={(row) => seriesName(row.labels)}
            outdated={loaded.outdated}
            columns={[
              {
                id: 'series',
                title: 'Series',
                by: (row) => seriesName(row.labels),
                show: (row) => <code class="wrap">{plain(seriesName(row.labels), 400)}</code>,
              },
              { id: 'value', title: 'Value', by: (row) => row.value, show: (row) => format(row.value, 'number'), figure: true },
            ]}
          />
        )}
      </Panel>
    </>
  );
}

/** As PromQL writes a series. */
function seriesName(labels: Labels): string {
  const { __name__: metric = '', ...rest } = labels;
  const own = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return own.length === 0 && metric !== '' ? metric : `${metric}{${own.join(', ')}}`;
}
