/** The numbers behind a chart as a table, the newest first. */

import { format, type Unit } from '../format/number.ts';
import { clock } from '../format/time.ts';
import { Name } from '../parts/name.tsx';
import { now } from '../state/clock.ts';
import type { ChartData } from './data.ts';

/** More rows than these nobody reads; the points between are left out. */
const MOST_ROWS = 60;

export function Numbers({ title, data, unit }: { title: string; data: ChartData; unit: Unit }) {
  const every = Math.ceil(data.times.length / MOST_ROWS);
  const rows = data.times.map((_, index) => index).filter((index) => (data.times.length - 1 - index) % every === 0);
  return (
    <div class="scroll numbers" tabIndex={0} role="region" aria-label={`${title}, the numbers`}>
      <table>
        <caption class="unseen">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {data.lines.map((line) => (
              <th scope="col" class="figure" key={line.name}>
                <Name text={line.name} most={30} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.reverse().map((index) => (
            <tr key={data.times[index]}>
              <th scope="row">{clock(data.times[index] ?? 0, now.value)}</th>
              {data.lines.map((line) => (
                <td class="figure" key={line.name}>
                  {format(line.values[index], unit)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
