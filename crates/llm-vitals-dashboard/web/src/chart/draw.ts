/** What is drawn behind the lines: when alerts fired, when checks changed, and the threshold of a rule. */

import type uPlot from 'uplot';

import { isSevere } from '../state/alerts.ts';
import { colour, faded } from './colours.ts';
import { events, type Band } from './events.ts';

/** A check that comes and goes has its triangles without lines: more of these hide the chart. */
const MOST_LINES = 8;

/** A line across the chart with what it stands for. */
export interface Level {
  at: number;
  text: string;
}

export function drawEvents(plot: uPlot, threshold: Level | null): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio || 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  const right = bbox.left + bbox.width;
  for (const band of events.peek().bands) {
    const tone = colour(isSevere(band.severity) ? '--red' : '--amber');
    const from = Math.max(bbox.left, plot.valToPos(band.from, 'x', true));
    const to = band.to === null ? right : Math.min(right, plot.valToPos(band.to, 'x', true));
    if (to < bbox.left || from > right) continue;
    const width = Math.max(2 * ratio, to - from);
    ctx.fillStyle = tone;
    // A severe alert has a whole line at the top, another one a broken one.
    for (let at = from; at < from + width; at += isSevere(band.severity) ? width : 8 * ratio) {
      ctx.fillRect(at, bbox.top, Math.min(isSevere(band.severity) ? width : 5 * ratio, from + width - at), 3 * ratio);
    }
  }
  ctx.fillStyle = faded(colour('--amber'), 0.07);
  for (const [from, to] of merged(events.peek().bands, plot.scales.x?.max ?? 0)) {
    const left = plot.valToPos(from, 'x', true);
    ctx.fillRect(left, bbox.top, Math.max(2 * ratio, plot.valToPos(to, 'x', true) - left), bbox.height);
  }
  const { marks } = events.peek();
  for (const mark of marks) drawMark(plot, mark.time, mark.state, marks.length <= MOST_LINES, ratio);
  if (threshold !== null) {
    const height = plot.valToPos(threshold.at, 'y', true);
    ctx.strokeStyle = colour('--red');
    ctx.lineWidth = ratio;
    ctx.setLineDash([4 * ratio, 4 * ratio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, height);
    ctx.lineTo(right, height);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = colour('--red');
    ctx.font = `${11 * ratio}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    const above = height - bbox.top > 20 * ratio;
    ctx.textBaseline = above ? 'bottom' : 'top';
    ctx.fillText(`threshold ${threshold.text}`, bbox.left + 4 * ratio, height + (above ? -2 : 2) * ratio);
  }
  ctx.restore();
}

/** When any alert fired: where several did, the ground is not darker. */
function merged(bands: readonly Band[], end: number): [number, number][] {
  const spans = bands.map((band): [number, number] => [band.from, band.to ?? end]).sort(([one], [other]) => one - other);
  const all: [number, number][] = [];
  for (const [from, to] of spans) {
    const last = all[all.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else all.push([from, to]);
  }
  return all;
}

/** A dotted line with a triangle on the axis: its point is down where the check got worse, up where it got better. */
function drawMark(plot: uPlot, time: number, state: string, withLine: boolean, ratio: number): void {
  const { ctx, bbox } = plot;
  const at = plot.valToPos(time, 'x', true);
  if (at < bbox.left || at > bbox.left + bbox.width) return;
  const better = state === 'up';
  const bottom = bbox.top + bbox.height;
  const size = 5 * ratio;
  if (withLine) {
    ctx.strokeStyle = faded(colour('--muted'), 0.6);
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bottom);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  ctx.fillStyle = colour(better ? '--teal' : state === 'down' ? '--red' : '--amber');
  ctx.beginPath();
  const [base, tip] = better ? [bottom, bottom - size * 1.6] : [bottom - size * 1.6, bottom];
  ctx.moveTo(at - size, base);
  ctx.lineTo(at + size, base);
  ctx.lineTo(at, tip);
  ctx.fill();
}
