/** Conditions on labels as Alertmanager and PromQL write them: `{alertname="A",provider=~"b|c"}`. */

import type { Labels } from '../api/prometheus.ts';
import type { Matcher } from '../api/silences.ts';
import { quote } from './text.ts';

const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*/;
const OPERATOR = /^(=~|!~|!=|=)/;
const STRING = /^"((?:\\.|[^"\\])*)"/;
const BARE = /^[^\s,{}"]+/;

/** None where it cannot be read. */
export function parseMatchers(text: string): Matcher[] | null {
  const inside = /^\s*\{?([\s\S]*?)\}?\s*$/.exec(text)?.[1] ?? '';
  const matchers: Matcher[] = [];
  let rest = inside.trim();
  while (rest !== '') {
    const name = take(rest, STRING, NAME);
    if (name === null || name.value === '') return null;
    const operator = OPERATOR.exec(name.rest)?.[1];
    if (operator === undefined) return null;
    const value = take(name.rest.slice(operator.length).trimStart(), STRING, BARE);
    if (value === null) return null;
    matchers.push({ name: name.value, value: value.value, isRegex: operator.endsWith('~'), isEqual: operator.startsWith('=') });
    if (value.rest !== '' && !value.rest.startsWith(',')) return null;
    rest = value.rest.slice(1).trimStart();
  }
  return matchers;
}

export function formatMatchers(matchers: readonly Matcher[]): string {
  const all = matchers.map(({ name, value, isRegex, isEqual = true }) => {
    const operator = isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=';
    return `${NAME.exec(name)?.[0] === name ? name : quote(name)}${operator}${quote(value)}`;
  });
  return `{${all.join(', ')}}`;
}

/** Whether labels meet all conditions. A label that is not there is empty. */
export function meets(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ name, value, isRegex, isEqual = true }) => matches(labels[name] ?? '', value, isRegex) === isEqual);
}

function matches(own: string, value: string, isRegex: boolean): boolean {
  if (!isRegex) return own === value;
  try {
    return new RegExp(`^(?:${value})$`, 's').test(own);
  } catch {
    // Go's expressions have a few things that a browser's have not.
    return false;
  }
}

function take(text: string, quoted: RegExp, bare: RegExp): { value: string; rest: string } | null {
  const string = quoted.exec(text);
  if (string) return { value: unescaped(string[1] ?? ''), rest: text.slice(string[0].length).trimStart() };
  const plain = bare.exec(text);
  return plain ? { value: plain[0], rest: text.slice(plain[0].length).trimStart() } : null;
}

const LETTERS: Record<string, string> = { n: '\n', r: '\r', t: '\t' };

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gis, (whole, x, u, long, letter) => {
    const code = Number.parseInt(x ?? u ?? long ?? '', 16);
    if (letter !== undefined) return LETTERS[letter] ?? letter;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
