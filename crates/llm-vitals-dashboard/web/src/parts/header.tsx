/** The verdict, and what is looked at: the time and the provider. */

import { Fragment } from 'preact';

import { lostSince } from '../api/client.ts';
import { duration, clock } from '../format/time.ts';
import { span } from '../format/number.ts';
import { now, refresh, skew, wall } from '../state/clock.ts';
import { dialog, togglePause } from '../state/keyboard.ts';
import { go, place } from '../state/place.ts';
import { app } from '../state/service.ts';
import { nextTheme, theme } from '../state/theme.ts';
import { formatPlace, inView } from '../state/url.ts';
import { currentVerdict } from '../state/verdict.ts';
import type { Sentence } from '../verdict.ts';
import { Icon, type IconName } from './icon.tsx';
import { Name } from './name.tsx';

const LEVELS: Record<string, { icon: IconName; word: string }> = {
  well: { icon: 'well', word: 'All well' },
  warning: { icon: 'warning', word: 'Warning' },
  trouble: { icon: 'trouble', word: 'Trouble' },
  unknown: { icon: 'unknown', word: 'Unknown' },
};

const RANGES = [300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600, 86_400, 7 * 86_400, 30 * 86_400];

/** What is kept where the application does not say. */
const USUAL_RETENTION = 6 * 3600;

export function Header() {
  const { level, sentences } = currentVerdict.value;
  const look = LEVELS[level] ?? LEVELS.unknown;
  return (
    <header class="top">
      <div class={`verdict ${level}`} role="status">
        <Icon name={look?.icon ?? 'unknown'} size={22} />
        <h1>
          {level !== 'well' && <span class="unseen">{look?.word}: </span>}
          {sentences.slice(0, 1).map((sentence) => (
            <Said key="first" sentence={sentence} />
          ))}
          {sentences.length > 1 && (
            <span class="more">
              {sentences.slice(1).map((sentence, index) => (
                <Fragment key={index}>
                  {' '}
                  <Said sentence={sentence} />
                </Fragment>
              ))}
            </span>
          )}
        </h1>
      </div>
      <div class="controls">
        <ScopeOfPage />
        <button type="button" class="button" aria-label="Search providers and models" onClick={() => (dialog.value = 'search')}>
          <Icon name="search" />
          <span class="wide-only">Search</span>
          <kbd class="wide-only">/</kbd>
        </button>
        <RangeOfPage />
        <Live />
        <button type="button" class="button narrow-only" aria-label="Another theme" onClick={nextTheme}>
          <Icon name={theme.value} />
        </button>
      </div>
      {lostSince.value !== null && (
        <p class="lost" role="alert">
          <span>Nothing was heard since {clock(lostSince.value / 1000 + skew.value, wall.value)}. What you see is from then.</span>
          <button type="button" class="button small" onClick={refresh}>
            Try again
          </button>
        </p>
      )}
    </header>
  );
}

/** A sentence leads to what explains it. */
function Said({ sentence }: { sentence: Sentence }) {
  const { text, view, provider } = sentence;
  if (view === undefined) return <>{text}</>;
  const more = view === 'providers' && provider !== undefined ? { provider, model: null } : {};
  return <a href={formatPlace(inView(place.value, view, more))}>{text}</a>;
}

function ScopeOfPage() {
  const { provider, model } = place.value;
  if (provider === null) return null;
  return (
    <button
      type="button"
      class="button chip"
      aria-label={`Show all providers again, not only ${provider}`}
      onClick={() => go({ provider: null, model: null })}
    >
      <Name text={model === null ? provider : `${provider} / ${model}`} most={36} />
      <Icon name="close" size={12} />
    </button>
  );
}

function RangeOfPage() {
  const { range } = place.value;
  const most = Math.max(app.value.data?.retentionSeconds ?? USUAL_RETENTION, 900);
  const known = RANGES.filter((seconds) => seconds <= most);
  const all = known.includes(range) ? known : [...known, range].sort((one, other) => one - other);
  return (
    <select class="button" aria-label="Time range" value={duration(range)} onChange={(event) => choose(event.currentTarget.value, all)}>
      {all.map((seconds) => (
        <option key={seconds} value={duration(seconds)}>
          {span(seconds)}
        </option>
      ))}
    </select>
  );
}

function choose(text: string, ranges: readonly number[]): void {
  const range = ranges.find((seconds) => duration(seconds) === text);
  if (range !== undefined) go({ range });
}

function Live() {
  const { to } = place.value;
  return (
    <>
      <button type="button" class="button" aria-label="Refresh" onClick={refresh}>
        <Icon name="refresh" />
      </button>
      {to === null ? (
        <button type="button" class="button live" onClick={togglePause} title="Stop at this moment">
          <span class="dot" aria-hidden="true" />
          Live
        </button>
      ) : (
        <button type="button" class="button paused" onClick={togglePause} title="Follow the clock again">
          <Icon name="play" size={12} />
          Until {clock(to, now.value)}
        </button>
      )}
    </>
  );
}
