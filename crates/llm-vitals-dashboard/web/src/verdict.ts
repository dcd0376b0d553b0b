/** Whether anything is wrong, in one sentence. */

import type { Check } from './api/application.ts';
import { format, span } from './format/number.ts';
import { isolated, list, plural } from './format/text.ts';
import { parseTime } from './format/time.ts';

export type Level = 'well' | 'warning' | 'trouble' | 'unknown';

/** A sentence, and the place that explains it. */
export interface Sentence {
  text: string;
  view?: 'providers' | 'health' | 'alerts';
  provider?: string;
}

export interface Verdict {
  level: Level;
  /** All sentences. */
  text: string;
  sentences: readonly Sentence[];
}

/** A provider in the last minutes. */
export interface ProviderNow {
  name: string;
  requestsPerSecond: number;
  /** Share of the calls that failed; none without calls. */
  errorRate: number | null;
}

export interface FiringAlert {
  name: string;
  severe: boolean;
  provider: string | null;
  since: number | null;
}

export interface Facts {
  now: number;
  /** Since when the service has not answered. */
  lostSince: number | null;
  /** When samples stopped coming, if they have. */
  staleSince: number | null;
  /** Whether anything was heard at all. */
  known: boolean;
  /** None where requests are not counted. */
  requestsPerSecond: number | null;
  providers: readonly ProviderNow[];
  /** Share of the requests that failed for their callers; none where they are not counted. */
  callersErrorRate: number | null;
  checks: readonly Check[];
  firing: readonly FiringAlert[];
  pending: number;
  silenced: number;
  /** Receivers that messages do not reach. */
  unreached: readonly string[];
  spentToday: number | null;
}

/** Of a provider's calls, so many failing is worth a sentence, and so many is trouble. */
const NOTEWORTHY = 0.05;
const FAILING = 0.5;

/** So few requests that fail are not worth a sentence. */
const UNNOTICED = 0.001;

/** Calls a second below which a share says little: five in five minutes. */
const FEW = 5 / 300;

export function verdict(facts: Facts): Verdict {
  const { now, lostSince } = facts;
  if (lostSince !== null) {
    return said('unknown', [{ text: `The service has not answered for ${span(now - lostSince)}. Trying again.` }]);
  }
  if (!facts.known) return said('unknown', [{ text: 'Asking the service how it is.' }]);
  if (facts.staleSince !== null) {
    const text = `No new samples have come for ${span(now - facts.staleSince)}: the numbers below are older than that.`;
    return said('warning', [{ text }]);
  }
  const down = facts.checks.filter((check) => check.state === 'down');
  const degraded = facts.checks.filter((check) => check.state === 'degraded');
  const worst = worstProvider(facts.providers);
  const sentences: Sentence[] = [];
  let level: Level = 'well';
  const atLeast = (other: Level): void => {
    if (level !== 'trouble') level = other;
  };

  if (worst !== null && worst.errorRate !== null) {
    atLeast(worst.errorRate >= FAILING || facts.firing.some((alert) => alert.severe) ? 'trouble' : 'warning');
    const since = failingSince(worst.name, facts, down);
    const time = since === null ? ' in the last 5 min' : ` for ${span(now - since)}`;
    const text = `${isolated(worst.name, 32)} is failing: ${percent(worst.errorRate)} errors${time}.`;
    sentences.push({ text, view: 'providers', provider: worst.name });
    if (facts.callersErrorRate !== null) sentences.push({ text: callers(facts.callersErrorRate) });
  }
  const others = down.filter((check) => check.name !== worst?.name);
  if (others.length > 0) {
    atLeast('trouble');
    sentences.push({ text: downSentence(others, now), view: 'health' });
  }
  if (sentences.length === 0 && degraded.length > 0) {
    atLeast('warning');
    const named = degraded.slice(0, 3).map((check) => isolated(check.name, 32));
    sentences.push({ text: `${list(named)} ${degraded.length === 1 ? 'is' : 'are'} degraded.`, view: 'health' });
  }
  if (facts.firing.length > 0) {
    atLeast(facts.firing.some((alert) => alert.severe) ? 'trouble' : 'warning');
    const silenced = facts.silenced > 0 ? `, ${facts.silenced} silenced` : '';
    sentences.push({ text: `${plural(facts.firing.length, 'alert')} firing${silenced}.`, view: 'alerts' });
  } else if (facts.silenced > 0) {
    sentences.push({ text: `${plural(facts.silenced, 'alert')} silenced.`, view: 'alerts' });
  }
  if (facts.unreached.length > 0) {
    atLeast('warning');
    const named = facts.unreached.slice(0, 3).map((name) => isolated(name, 32));
    sentences.push({ text: `Messages do not reach ${list(named)}.`, view: 'alerts' });
  }
  return said(level, level === 'well' ? [{ text: calm(facts) }, ...sentences] : sentences);
}

function said(level: Level, sentences: readonly Sentence[]): Verdict {
  return { level, text: sentences.map(({ text }) => text).join(' '), sentences };
}

/** Whether somebody suffers from a provider that fails. */
function callers(errorRate: number): string {
  if (errorRate < UNNOTICED) return 'Callers do not notice.';
  return `${percent(errorRate)} of the requests fail.`;
}

/** "All well. 4 providers, 12.4 requests/s, $3.12 today." */
function calm(facts: Facts): string {
  const parts: string[] = [];
  if (facts.providers.length > 0) parts.push(plural(facts.providers.length, 'provider'));
  const rate = facts.requestsPerSecond;
  if (rate !== null && rate > 0) parts.push(`${format(rate, 'number')}\u00a0requests/s`);
  if (facts.spentToday !== null) parts.push(`${format(facts.spentToday, 'usd')} today`);
  if (facts.pending > 0) parts.push(`${plural(facts.pending, 'alert')} pending`);
  if (rate === null || rate === 0) {
    const rest = parts.length > 0 ? ` ${parts.join(', ')}.` : '';
    return `Nothing is wrong, and there is no traffic.${rest}`;
  }
  return `All well. ${parts.join(', ')}.`;
}

function worstProvider(providers: readonly ProviderNow[]): ProviderNow | null {
  const failing = providers.filter((provider) => (provider.errorRate ?? 0) >= NOTEWORTHY && provider.requestsPerSecond >= FEW);
  failing.sort((one, other) => (other.errorRate ?? 0) - (one.errorRate ?? 0));
  return failing[0] ?? null;
}

/** The earliest that an alert or a check says of this provider. */
function failingSince(provider: string, facts: Facts, down: readonly Check[]): number | null {
  const told = [
    ...facts.firing.filter((alert) => alert.provider === provider).map((alert) => alert.since),
    ...down.filter((check) => check.name === provider).map((check) => parseTime(check.since)),
  ].filter((time) => time !== null);
  return told.length === 0 ? null : Math.min(...told);
}

function downSentence(down: readonly Check[], now: number): string {
  const [first] = down;
  if (down.length > 1 || first === undefined) {
    const named = down.slice(0, 3).map((check) => isolated(check.name, 32));
    const more = down.length > 3 ? [...named, `${down.length - 3} more`] : named;
    return `${list(more)} are down.`;
  }
  const since = parseTime(first.since);
  const time = since === null ? '' : ` for ${span(now - since)}`;
  return `${isolated(first.name, 32)} is down${time}.`;
}

function percent(share: number): string {
  return format(share, 'share');
}
