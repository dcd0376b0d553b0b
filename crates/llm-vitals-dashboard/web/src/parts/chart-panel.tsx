/** A panel with a chart: its lines come from one query, and a table of the same numbers is behind a button. */

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

import type { Labels } from '../api/prometheus.ts';
import type { Role } from '../chart/colours.ts';
import { columns, latest, type ChartData } from '../chart/data.ts';
import { Legend } from '../chart/legend.tsx';
import { Numbers } from '../chart/numbers.tsx';
import { Plot } from '../chart/plot.tsx';
import { format, type Unit } from '../format/number.ts';
import { list, plain } from '../format/text.ts';
import { clock } from '../format/time.ts';
import { LINE, type Line } from '../promql/text.ts';
import { now, sampleInterval } from '../state/clock.ts';
import { useRange, useTimes } from '../state/load.ts';
import { rateWindow } from '../state/step.ts';
import { Empty, Failure, Waiting } from './empty.tsx';
import { exprOf } from './help.tsx';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';

/** Pixels of a chart without lines. */
const EMPTY_HEIGHT = 96;

interface Props {
  title: string;
  about: string;
  /** The lines for a time that rates look back over; several are asked as one query. */
  lines: (seconds: number) => Line[];
  unit: Unit;
  stacked?: boolean;
  /** How a series is called; by default by its label `line`. */
  nameOf?: (labels: Labels) => string;
  /** Names that come first, in this order. */
  order?: readonly string[];
  roles?: Readonly<Record<string, Role>>;
  threshold?: number | null;
  height?: number;
  wide?: boolean;
  /** Why there may be nothing to show, and what would fill it. */
  empty: string;
  /** Whether it is known that nobody counts this. */
  absent?: boolean;
}

export function ChartPanel(props: Props) {
  const { title, about, unit, stacked = false, order = [], roles = {}, threshold = null, height = 200, wide = false } = props;
  const nameOf = props.nameOf ?? ((labels: Labels) => labels[LINE] ?? title);
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const times = useTimes(width);
  const lines = props.lines(rateWindow(times.step, sampleInterval.value));
  const expr = exprOf(lines);
  const loaded = useRange(props.absent || width === 0 ? null : expr, times);
  const [asTable, showTable] = useState(false);
  const [cursor, setCursor] = useState<number | null>(null);
  // The grid of the answer moves with the clock; the old answer stays on its own until the new one is there.
  const data = useMemo(() => loaded.data && columns(loaded.data, times, nameOf, order, stacked), [loaded.data, order.join()]);
  const shown = data !== null && data.lines.length > 0 ? data : null;
  const tools = shown && (
    <button
      type="button"
      class="button round"
      aria-pressed={asTable}
      aria-label={`${title} as a table`}
      onClick={() => showTable(!asTable)}
    >
      <Icon name={asTable ? 'chart' : 'table'} size={14} />
    </button>
  );
  const roleList = shown?.lines.map((line) => roles[line.name] ?? 'series') ?? [];
  return (
    <Panel title={title} about={{ text: about, lines }} tools={tools} wide={wide}>
      <div
        ref={box}
        class={loaded.outdated ? 'chart outdated' : 'chart'}
        style={{ minHeight: `${shown === null && loaded.data !== null ? EMPTY_HEIGHT : height + 24}px` }}
      >
        {loaded.error && <Failure error={loaded.error} at={loaded.at} />}
        {shown && <Legend data={shown} index={cursor} unit={unit} roles={roleList} areas={stacked} />}
        {shown && !asTable && (
          <Plot
            data={shown}
            from={times.end - times.range}
            to={times.end}
            unit={unit}
            stacked={stacked}
            roles={roleList}
            threshold={threshold}
            height={height}
            width={width}
            label={summary(title, shown, unit)}
            onCursor={setCursor}
          />
        )}
        {shown && asTable && <Numbers title={title} data={shown} unit={unit} />}
        {shown === null && (
          <Nothing
            absent={props.absent ?? false}
            loading={data === null && !loaded.error}
            failed={loaded.error !== null}
            empty={props.empty}
          />
        )}
      </div>
    </Panel>
  );
}

function Nothing({ absent, loading, failed, empty }: { absent: boolean; loading: boolean; failed: boolean; empty: string }) {
  if (absent) return <Empty>{empty}</Empty>;
  if (failed) return null;
  return loading ? <Waiting /> : <Empty>{empty}</Empty>;
}

function summary(title: string, data: ChartData, unit: Unit): string {
  const said = data.lines.slice(0, 5).map((line) => {
    const last = latest(line, data.times);
    return `${plain(line.name, 40)} ${last ? format(last.value, unit) : 'without data'}`;
  });
  const end = data.times[data.times.length - 1] ?? 0;
  return `Chart of ${title}. At ${clock(end, now.peek())}: ${list(said)}. Arrow keys read single points.`;
}

/** The width of an element in steps of 10 pixels; 0 until it is known. */
function useWidth(box: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const watcher = new ResizeObserver(() => setWidth(Math.floor(element.clientWidth / 10) * 10));
    watcher.observe(element);
    return () => watcher.disconnect();
  }, []);
  return width;
}
