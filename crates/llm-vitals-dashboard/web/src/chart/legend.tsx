/** The lines of a chart with their values: at the cross-hair, else the last. */

import { format, UNKNOWN, type Unit } from '../format/number.ts';
import { clock } from '../format/time.ts';
import { Name } from '../parts/name.tsx';
import { now } from '../state/clock.ts';
import { look, type Role } from './colours.ts';
import { latest, type ChartData } from './data.ts';

interface Props {
  data: ChartData;
  index: number | null;
  unit: Unit;
  roles: Role[];
  /** Whether the lines are areas. */
  areas: boolean;
}

export function Legend({ data, index, unit, roles, areas }: Props) {
  const time = index === null ? null : data.times[index];
  return (
    <ul class="legend">
      {data.lines.map((line, place) => {
        const value = index === null ? latest(line, data.times)?.value : line.values[index];
        return (
          <li key={line.name}>
            <Swatch index={place} role={roles[place] ?? 'series'} area={areas} />
            <Name text={line.name} most={40} />
            <span class="figure">{value === undefined ? UNKNOWN : format(value, unit)}</span>
          </li>
        );
      })}
      {data.left > 0 && <li class="muted">{data.left} smaller ones are left out</li>}
      <li class="muted legend-time">{time === null || time === undefined ? '' : clock(time, now.value)}</li>
    </ul>
  );
}

function Swatch({ index, role, area }: { index: number; role: Role; area: boolean }) {
  const { name, dash, pattern } = look(index, role);
  return (
    <svg class="swatch" width="16" height="10" aria-hidden="true" style={{ color: `var(${name})` }}>
      {area && <rect class={`fill ${pattern}`} x="0" y="1" width="16" height="9" />}
      {area && pattern === 'stripes' && <path class="stripe" d="M1 10 8 1M6 10 13 1M11 10 16 4" />}
      {area && pattern === 'dots' && <path class="dot" d="M3 6h.01M8 6h.01M13 6h.01" />}
      <line x1="0" x2="16" y1={area ? 1 : 5} y2={area ? 1 : 5} stroke-dasharray={dash.length > 0 ? dash.join(' ') : undefined} />
    </svg>
  );
}
