/** Loads what happened in the range, for the charts of a view to draw, and lists it. */

import { useEffect } from 'preact/hooks';

import { events, eventsOf, type Band, type Mark } from '../chart/events.ts';
import { plural, words } from '../format/text.ts';
import { span } from '../format/number.ts';
import { clock } from '../format/time.ts';
import { EVENTS } from '../promql/service.ts';
import { isSevere } from '../state/alerts.ts';
import { end, now } from '../state/clock.ts';
import { useRange, useTimes } from '../state/load.ts';
import { place } from '../state/place.ts';
import { lacks } from '../state/service.ts';
import { Icon } from './icon.tsx';
import { Name } from './name.tsx';
import { State } from './state.tsx';

/** Points across the width of a chart, whatever its width. */
const WIDTH = 800;

export function EventsOfView() {
  const times = useTimes(WIDTH);
  const loaded = useRange(lacks('ALERTS', 'health_check_status') ? null : EVENTS, times);
  useEffect(() => {
    if (loaded.data) events.value = eventsOf(loaded.data, times.step, times.end);
  }, [loaded.data]);
  return null;
}

export function EventList() {
  const { bands, marks } = events.value;
  const count = bands.length + marks.length;
  if (count === 0) return null;
  return (
    <details class="events">
      <summary>
        {plural(bands.length, 'alert')} and {plural(marks.length, 'change')} of health in this range
      </summary>
      <ul>
        {bands.map((band) => (
          <li key={`${band.name}${band.from}${JSON.stringify(band.labels)}`}>
            <AlertEvent band={band} />
          </li>
        ))}
        {marks.map((mark) => (
          <li key={`${mark.check}${mark.time}`}>
            <HealthEvent mark={mark} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function AlertEvent({ band }: { band: Band }) {
  const lasted = (band.to ?? end.value) - band.from;
  const last = place.value.to === null ? 'now' : 'the end';
  return (
    <>
      <span class={isSevere(band.severity) ? 'state bad' : 'state warn'}>
        <Icon name={isSevere(band.severity) ? 'trouble' : 'warning'} size={14} />
        <Name text={band.name} />
      </span>
      <span class="muted">
        {Object.values(band.labels).map((value) => (
          <Name key={value} text={value} most={30} />
        ))}{' '}
        {clock(band.from, now.value)} to {band.to === null ? last : clock(band.to, now.value)}, {span(lasted)}
      </span>
    </>
  );
}

function HealthEvent({ mark }: { mark: Mark }) {
  return (
    <>
      <State state={mark.state} word={words(mark.state)} />
      <span class="muted">
        <Name text={mark.check} most={30} /> since {clock(mark.time, now.value)}
      </span>
    </>
  );
}
