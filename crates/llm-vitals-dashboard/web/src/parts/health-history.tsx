/** What states each check had, as a strip along the time that is shown. */

import type { Series } from '../api/prometheus.ts';
import { span } from '../format/number.ts';
import { list, plain } from '../format/text.ts';
import { clock } from '../format/time.ts';
import { quote } from '../promql/text.ts';
import { now } from '../state/clock.ts';
import { useRange, useTimes, type Times } from '../state/load.ts';
import { lacks } from '../state/service.ts';
import { Empty, Failure, Waiting } from './empty.tsx';
import { Name } from './name.tsx';
import { Panel } from './panel.tsx';

export interface Piece {
  state: string;
  from: number;
  to: number;
}

export function HealthHistory({ only = null, wide = false }: { only?: string | null; wide?: boolean }) {
  const times = useTimes(600);
  const selector = only === null ? 'health_check_status' : `health_check_status{check=${quote(only)}}`;
  const expr = `${selector} == 1`;
  const absent = lacks('health_check_status');
  const loaded = useRange(absent ? null : expr, times);
  const rows = loaded.data === null ? [] : pieces(loaded.data, times);
  const lines = [{ name: 'state', expr }];
  return (
    <Panel
      title="Health over time"
      about={{ text: 'The state of each check at each moment. What is blank was not looked at.', lines }}
      wide={wide}
    >
      {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
      {absent || (loaded.data !== null && rows.length === 0) ? (
        <Empty>No check {only === null ? 'is registered' : 'has this name'}. Checks are registered with the health crate.</Empty>
      ) : loaded.data === null ? (
        loaded.error === null && <Waiting />
      ) : (
        <div class={loaded.outdated ? 'strips outdated' : 'strips'}>
          {rows.map(([check, parts]) => (
            <Strip key={check} check={check} parts={parts} times={times} />
          ))}
          <p class="strip-times muted" aria-hidden="true">
            <span>{clock(times.end - times.range, now.value, false)}</span>
            <span>{clock(times.end, now.value, false)}</span>
          </p>
          <ul class="strip-legend muted" aria-hidden="true">
            {['up', 'degraded', 'down', 'unknown'].map((state) => (
              <li key={state}>
                <span class={`piece ${state}`} />
                {state}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Panel>
  );
}

function Strip({ check, parts, times }: { check: string; parts: readonly Piece[]; times: Times }) {
  const start = times.end - times.range;
  const said = parts.slice(-6).map((piece) => told(piece));
  return (
    <div class="strip">
      <Name text={check} most={30} />
      <div class="strip-track" role="img" aria-label={list(said)}>
        {parts.map((piece) => (
          <span
            key={piece.from}
            class={`piece ${plain(piece.state, 12)}`}
            title={told(piece)}
            style={{ left: `${((piece.from - start) / times.range) * 100}%`, width: `${((piece.to - piece.from) / times.range) * 100}%` }}
          />
        ))}
      </div>
    </div>
  );
}

function told(piece: Piece): string {
  return `${plain(piece.state, 24)} from ${clock(piece.from, now.value)} for ${span(piece.to - piece.from)}`;
}

/** For each check its states in order; points that follow each other are one piece. */
export function pieces(series: readonly Series[], times: { start: number; end: number; step: number }): [string, Piece[]][] {
  const points = new Map<string, [number, string][]>();
  for (const { labels, points: own } of series) {
    const { check = '', status = 'unknown' } = labels;
    const known = points.get(check) ?? [];
    for (const [time] of own) known.push([time, status]);
    points.set(check, known);
  }
  const rows = [...points].map(([check, known]): [string, Piece[]] => {
    known.sort(([one], [other]) => one - other);
    const parts: Piece[] = [];
    for (const [time, state] of known) {
      const last = parts[parts.length - 1];
      const to = Math.min(time + times.step, times.end);
      if (last && last.state === state && time - last.to < times.step / 2) last.to = to;
      else if (time < times.end) parts.push({ state, from: time, to });
    }
    return [check, parts];
  });
  return rows.sort(([one], [other]) => (one < other ? -1 : 1));
}
