/** The last calls that failed, as the application remembers them. */

import { useState } from 'preact/hooks';

import type { CallError } from '../api/application.ts';
import { UNKNOWN } from '../format/number.ts';
import { plain, words } from '../format/text.ts';
import { ago, clock, parseTime } from '../format/time.ts';
import { wall } from '../state/clock.ts';
import { app } from '../state/service.ts';
import { Copy } from './copy.tsx';
import { Empty, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';
import { Table } from './table.tsx';

/** Rows that are shown before somebody asks for all. */
const FEW = 10;

/** More rows than these are no overview. */
const MOST = 100;

interface Props {
  provider?: string | null;
  model?: string | null;
}

export function ErrorTable({ provider = null, model = null }: Props) {
  const all = app.value.data?.errors ?? null;
  const errors = all?.filter((error) => (provider === null || error.provider === provider) && (model === null || error.model === model));
  const [isWhole, showAll] = useState(false);
  const known = (errors ?? []).slice(0, MOST);
  const rows = known.slice(0, isWhole ? MOST : FEW).map((error, index) => ({ error, index }));
  return (
    <Panel title="Last errors" note={known.length > 0 ? `the last ${known.length}` : undefined} wide>
      {app.value.data === null ? (
        app.value.error === null ? (
          <Waiting />
        ) : (
          <Empty>The service keeps no list of errors.</Empty>
        )
      ) : all === null ? (
        <Empty>The service keeps no list of errors.</Empty>
      ) : rows.length === 0 ? (
        <Empty>No call has failed since the service started.</Empty>
      ) : (
        <Table
          caption="Last errors"
          rows={rows}
          keyOf={({ error, index }) => `${error.at} ${error.requestId ?? index}`}
          columns={[
            { id: 'at', title: 'When', show: ({ error }) => <When text={error.at} /> },
            { id: 'who', title: 'Provider and model', wide: true, show: ({ error }) => <Who error={error} /> },
            { id: 'what', title: 'Error', wide: true, show: ({ error }) => <What error={error} /> },
            { id: 'request', title: 'Request', show: ({ error }) => idOf(error.requestId, 'request id') },
            { id: 'trace', title: 'Trace', show: ({ error }) => idOf(error.traceId, 'trace id') },
          ]}
        />
      )}
      {known.length > FEW && (
        <button type="button" class="button small" aria-expanded={isWhole} onClick={() => showAll(!isWhole)}>
          {isWhole ? 'Show fewer' : `Show all ${known.length}`}
        </button>
      )}
    </Panel>
  );
}

export function When({ text }: { text: string | null }) {
  const time = parseTime(text);
  if (time === null) return <span class="muted">{UNKNOWN}</span>;
  return (
    <span class="nowrap" title={clock(time, wall.value)}>
      {ago(time, wall.value)}
    </span>
  );
}

function Who({ error }: { error: CallError }) {
  return (
    <span class="two-lines">
      <Name text={error.provider ?? UNKNOWN} most={30} />
      {error.model !== null && (
        <span class="muted">
          <Name text={error.model} most={40} />
        </span>
      )}
    </span>
  );
}

function What({ error }: { error: CallError }) {
  const kind = plain(words(error.errorType ?? 'error'), 40);
  return (
    <span class="two-lines">
      <span>
        {kind}
        {error.status !== null && <span class="muted"> {error.status}</span>}
      </span>
      {error.message && (
        <span class="muted">
          <Name text={error.message} most={160} />
        </span>
      )}
    </span>
  );
}

function idOf(text: string | null, what: string) {
  if (!text) return null;
  return (
    <span class="id">
      <code>
        <Name text={text} most={14} />
      </code>
      <Copy text={text} what={what} short />
    </span>
  );
}
