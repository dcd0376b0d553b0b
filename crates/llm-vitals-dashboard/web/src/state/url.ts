/** What the page shows, as the part of its address behind `#`: whoever follows a link sees the same. */

import { duration, parseDuration } from '../format/time.ts';

export const VIEWS = ['overview', 'providers', 'cache', 'health', 'alerts', 'query'] as const;
export type View = (typeof VIEWS)[number];

export interface Place {
  view: View;
  /** Seconds that are shown. */
  range: number;
  /** The end of what is shown, in seconds since 1970; none follows the clock. */
  to: number | null;
  provider: string | null;
  model: string | null;
  /** Column by which a table is sorted, with a minus in front for the largest first. */
  sort: string | null;
  /** Whether the table of providers has a row for each model. */
  by: 'provider' | 'model';
  /** The alert that is open, by its key. */
  alert: string | null;
  /** Alerts are shown that meet these conditions, `{alertname="A"}`. */
  match: string | null;
  /** The conditions in the form for a silence, while that is open. */
  silence: string | null;
  /** The expression of the query view. */
  expr: string | null;
}

export const DEFAULT_RANGE = 30 * 60;

export const START: Place = {
  view: 'overview',
  range: DEFAULT_RANGE,
  to: null,
  provider: null,
  model: null,
  sort: null,
  by: 'provider',
  alert: null,
  match: null,
  silence: null,
  expr: null,
};

/** Reads `#/view?name=value`. What is not understood is left out. */
export function parsePlace(hash: string): Place {
  const text = hash.replace(/^#?\/?/, '');
  const [path = '', query = ''] = split(text);
  const values = new URLSearchParams(query);
  const view = VIEWS.find((name) => name === path) ?? 'overview';
  const to = Number(values.get('to') ?? Number.NaN);
  const provider = values.get('provider') || null;
  return {
    view,
    range: parseDuration(values.get('range') ?? '') ?? DEFAULT_RANGE,
    to: Number.isFinite(to) && to > 0 ? to : null,
    provider,
    model: provider === null ? null : values.get('model') || null,
    sort: values.get('sort') || null,
    by: values.get('by') === 'model' ? 'model' : 'provider',
    alert: values.get('alert') || null,
    match: values.get('match') || null,
    silence: values.get('silence') || null,
    expr: values.get('expr') || null,
  };
}

/**
 * Reads the address of a link in a message, `?view=alerts&alert={…}` or `&silence={…}` with conditions on labels; none without a view.
 */
export function parseLink(search: string): Place | null {
  const values = new URLSearchParams(search);
  const view = values.get('view');
  if (view === null) return null;
  return { ...parsePlace(`#/${view}?${values}`), alert: null, match: values.get('match') || values.get('alert') || null };
}

export function formatPlace(place: Place): string {
  const values = new URLSearchParams();
  if (place.range !== DEFAULT_RANGE) values.set('range', duration(place.range));
  if (place.to !== null) values.set('to', String(place.to));
  for (const name of ['provider', 'model', 'sort', 'alert', 'match', 'silence', 'expr'] as const) {
    const value = place[name];
    if (value !== null) values.set(name, value);
  }
  if (place.by === 'model') values.set('by', 'model');
  const query = values.toString();
  return `#/${place.view}${query === '' ? '' : `?${query}`}`;
}

/** The place in another view: time and provider stay, what belongs to the old view goes. */
export function inView(place: Place, view: View, more: Partial<Place> = {}): Place {
  return { ...place, sort: null, alert: null, match: null, silence: null, expr: null, ...more, view };
}

function split(text: string): [string, string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
