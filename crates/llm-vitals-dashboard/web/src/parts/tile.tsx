/** One number that matters: how it is, how it was, how it went, and where it is explained. */

import { Spark } from '../chart/spark.tsx';
import { change, format, isKnown, UNKNOWN, type Unit } from '../format/number.ts';

export interface TileProps {
  id: string;
  title: string;
  value: number | null;
  unit: Unit;
  /** The same number in the time before; none where that is not known. */
  before?: number | null;
  beforeText?: string;
  /** Stands behind the number. */
  suffix?: string;
  /** Stands below it in place of the change, each on a line of its own. */
  note?: readonly string[] | null;
  /** Why there is no number. */
  reason: string;
  spark?: readonly (number | null)[];
  tone?: 'accent' | 'red';
  href: string;
  outdated?: boolean;
}

export function Tile(props: TileProps) {
  const { id, title, value, unit, before, beforeText, suffix, note, reason, spark, tone = 'accent', href, outdated } = props;
  const known = isKnown(value);
  const changed = before === undefined ? null : change(value, before, unit);
  const compared = changed === null ? '' : `${changed} on the ${beforeText}`;
  return (
    <a class={outdated ? 'tile outdated' : 'tile'} href={href} data-tile={id}>
      <span class="tile-title">{title}</span>
      <span class="tile-value">
        {known ? format(value, unit) : UNKNOWN}
        {known && suffix && <span class="tile-suffix"> {suffix}</span>}
      </span>
      {spark && <Spark values={spark} tone={tone} />}
      {(known ? (note ?? [compared]) : [reason]).map((line) => (
        <span key={line} class="tile-note">
          {line}
        </span>
      ))}
    </a>
  );
}
