/** A table whose columns sort; on narrow screens each row is a block with the titles inside. */

import type { ComponentChildren } from 'preact';

import { UNKNOWN } from '../format/number.ts';
import { go, place } from '../state/place.ts';

export interface Column<Row> {
  id: string;
  title: string;
  /** What is sorted by; columns without it do not sort. Unknown rows come last either way. */
  by?: (row: Row) => number | string | null;
  show: (row: Row) => ComponentChildren;
  figure?: boolean;
  /** Takes a line of its own on narrow screens. */
  wide?: boolean;
}

interface Props<Row> {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string;
  /** Order while nobody chose one: the rows come sorted so. */
  rowClass?: (row: Row) => string;
  outdated?: boolean;
}

export function Table<Row>({ caption, columns, rows, keyOf, rowClass, outdated = false }: Props<Row>) {
  const chosen = place.value.sort ?? '';
  const isDown = chosen.startsWith('-');
  const column = columns.find(({ id, by }) => by && id === chosen.replace(/^-/, ''));
  const sorted = column?.by ? sortBy(rows, column.by, isDown) : rows;
  return (
    <div class={outdated ? 'scroll outdated' : 'scroll'} tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ id, title, by, figure }) => {
              const isChosen = column?.id === id;
              const order = isChosen ? (isDown ? 'descending' : 'ascending') : undefined;
              return (
                <th scope="col" key={id} class={figure ? 'figure' : ''} aria-sort={order}>
                  {by ? (
                    <button type="button" class="sort" onClick={() => go({ sort: next(id, chosen) }, true)}>
                      {title}
                      <span aria-hidden="true">{isChosen ? (isDown ? ' ↓' : ' ↑') : ''}</span>
                    </button>
                  ) : (
                    title
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <tr key={keyOf(row)} class={rowClass?.(row) ?? ''}>
              {columns.map(({ id, title, show, figure, wide }) => {
                const shown = show(row);
                const names = [figure && 'figure', wide && 'whole', shown === null && 'muted void'];
                return (
                  <td key={id} class={names.filter(Boolean).join(' ')} data-title={title}>
                    {shown ?? UNKNOWN}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Largest first, then smallest first, then as it was. */
function next(id: string, chosen: string): string | null {
  if (chosen === `-${id}`) return id;
  return chosen === id ? null : `-${id}`;
}

function sortBy<Row>(rows: readonly Row[], by: (row: Row) => number | string | null, isDown: boolean): Row[] {
  return [...rows].sort((one, other) => {
    const [a, b] = [by(one), by(other)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    const order = a < b ? -1 : Number(a > b);
    return isDown ? -order : order;
  });
}
