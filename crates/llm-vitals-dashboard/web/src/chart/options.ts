/** How uPlot is set up for a chart of the page. */

import uPlot from 'uplot';

import { format, type Unit } from '../format/number.ts';
import { colour, look, pattern, type Role } from './colours.ts';
import { drawEvents } from './draw.ts';

export interface ChartShape {
  unit: Unit;
  stacked: boolean;
  roles: Role[];
  names: string[];
  threshold: number | null;
  height: number;
  /** Shows what the lines are at a column; none when the pointer has left. */
  onCursor: (index: number | null) => void;
  /** Shows a shorter time. */
  onZoom: (from: number, to: number) => void;
}

/** Charts with this key have one cross-hair. */
const CROSS_HAIR = 'time';

const FONT = '12px system-ui, sans-serif';
const POWERS = Array.from({ length: 50 }, (_, index) => 2 ** index);

export function options(shape: ChartShape, width: number): uPlot.Options {
  const text = colour('--muted');
  const line = { stroke: colour('--line'), width: 1 };
  const axis = { stroke: text, font: FONT, grid: line, ticks: { show: false } };
  return {
    width,
    height: shape.height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    scales: { x: { time: true }, y: { range: (_plot, _min, max) => heights(max, shape.threshold) } },
    axes: [
      { ...axis, grid: { show: false }, values: (plot, splits, _axis, _space, step) => clocks(plot, splits, step), space: 72, size: 24 },
      {
        ...axis,
        size: 64,
        space: 36,
        ...(shape.unit === 'bytes' ? { incrs: POWERS } : {}),
        values: (_plot, splits) => splits.map((value) => format(value, shape.unit)),
      },
    ],
    series: [{}, ...shape.names.map((name, index) => series(name, index, shape))],
    bands: shape.stacked ? bands(shape.names.length) : [],
    cursor: {
      sync: { key: CROSS_HAIR, scales: ['x', null] },
      drag: { x: true, y: false, setScale: false },
      points: { size: 7 },
      y: false,
    },
    hooks: {
      drawClear: [(plot) => drawEvents(plot, shape.threshold === null ? null : { at: shape.threshold, text: format(shape.threshold, shape.unit) })],
      setCursor: [(plot) => shape.onCursor(plot.cursor.idx ?? null)],
      setSelect: [
        (plot) => {
          const { left, width: wide } = plot.select;
          if (wide < 8) return;
          shape.onZoom(plot.posToVal(left, 'x'), plot.posToVal(left + wide, 'x'));
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function series(name: string, index: number, shape: ChartShape): uPlot.Series {
  const { name: own, dash, pattern: kind } = look(index, shape.roles[index] ?? 'series');
  const stroke = colour(own);
  const fill = shape.stacked ? (plot: uPlot) => pattern(plot.ctx, stroke, kind) as CanvasRenderingContext2D['fillStyle'] : null;
  return {
    label: name,
    stroke,
    width: 1.5,
    dash,
    points: { show: alone },
    ...(fill ? { fill } : {}),
  } as uPlot.Series;
}

/** Points are drawn only where a line of one point would not be seen. */
function alone(plot: uPlot, series: number, first: number, last: number): boolean {
  const values = plot.data[series] ?? [];
  let known = 0;
  for (let index = first; index <= last; index += 1) known += Number(values[index] !== null);
  return known > 0 && known < 3;
}

/** Each area reaches down to the one below it. */
function bands(count: number): uPlot.Band[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ series: [index + 2, index + 1] as [number, number] }));
}

function heights(max: number | null, threshold: number | null): [number, number] {
  const most = Math.max(max ?? 0, threshold ?? 0);
  return most > 0 ? [0, most * 1.1] : [0, 1];
}

/** Half of a clock is so wide: nearer to the edge it would be cut. */
const HALF = 28;

function clocks(plot: uPlot, splits: number[], step: number): string[] {
  const { min, max } = plot.scales.x ?? {};
  const pixels = (plot.width - 72) / Math.max(1, (max ?? 0) - (min ?? 0));
  return splits.map((time) => {
    if (typeof max === 'number' && (max - time) * pixels + 8 < HALF) return '';
    const date = new Date(time * 1000);
    const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0'));
    if (step >= 86_400) return date.toLocaleDateString('en-GB', { day: '2-digit', month: 'short' });
    return step < 60 ? `${hours}:${minutes}:${seconds}` : `${hours}:${minutes}`;
  });
}
