/** A uPlot chart in the page. */

import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

import type { Unit } from '../format/number.ts';
import { go } from '../state/place.ts';
import { shownTheme } from '../state/theme.ts';
import type { Role } from './colours.ts';
import { stacked as stack, type ChartData } from './data.ts';
import { events } from './events.ts';
import { options } from './options.ts';

interface Props {
  data: ChartData;
  from: number;
  to: number;
  unit: Unit;
  stacked: boolean;
  roles: Role[];
  threshold: number | null;
  height: number;
  width: number;
  /** What it shows, for those who do not see it. */
  label: string;
  onCursor: (index: number | null) => void;
}

export function Plot(props: Props) {
  const { data, from, to, unit, stacked, roles, threshold, height, width, label, onCursor } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const theme = shownTheme.value;
  const names = data.lines.map((line) => line.name);
  const shape = JSON.stringify([names, roles, unit, stacked, threshold, theme]);
  const columns = (): uPlot.AlignedData => {
    const values = stacked ? stack(data.lines, data.times.length) : data.lines.map((line) => line.values);
    return [data.times, ...values] as uPlot.AlignedData;
  };

  useLayoutEffect(() => {
    if (box.current === null || width === 0) return;
    const set = options({ unit, stacked, roles, names, threshold, height, onCursor, onZoom }, width);
    const made = new uPlot(set, columns(), box.current);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [shape, width === 0]);

  useEffect(() => {
    if (plot.current && width > 0) plot.current.setSize({ width, height });
  }, [width, height]);

  useEffect(() => {
    const shown = plot.current;
    if (!shown) return;
    shown.batch(() => {
      shown.setData(columns(), false);
      shown.setScale('x', { min: from, max: to });
    });
  }, [data, from, to, shape, width === 0]);

  // What happened is drawn behind the lines.
  const happened = events.value;
  useEffect(() => plot.current?.redraw(false), [happened]);

  return (
    <div
      ref={box}
      class="plot"
      role="img"
      aria-label={label}
      tabIndex={0}
      onKeyDown={(event) => {
        if (plot.current && step(plot.current, event.key)) event.preventDefault();
      }}
      onBlur={() => plot.current?.setCursor({ left: -10, top: -10 })}
    />
  );
}

/** The arrow keys move the cross-hair. */
function step(plot: uPlot, key: string): boolean {
  const by = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0;
  if (by === 0) return false;
  const times = plot.data[0];
  const index = Math.min(times.length - 1, Math.max(0, (plot.cursor.idx ?? times.length) + by));
  plot.setCursor({ left: plot.valToPos(times[index] ?? 0, 'x'), top: plot.height / 3 });
  return true;
}

function onZoom(from: number, to: number): void {
  const range = Math.round(to - from);
  if (range >= 10) go({ range, to: Math.round(to) });
}
