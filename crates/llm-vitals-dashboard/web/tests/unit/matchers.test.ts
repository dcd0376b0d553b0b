import assert from 'node:assert/strict';
import test from 'node:test';

import { unitOf } from '../../src/format/unit-of.ts';
import { formatMatchers, meets, parseMatchers } from '../../src/promql/matchers.ts';

const LABELS = { alertname: 'A', provider: 'openai' };

test('conditions are read as they are written', () => {
  const text = '{alertname="A", provider!~"b|c", "a.b"="x \\"y\\"\\n", team!="z"}';
  const matchers = parseMatchers(text);
  assert.deepEqual(matchers, [
    { name: 'alertname', value: 'A', isRegex: false, isEqual: true },
    { name: 'provider', value: 'b|c', isRegex: true, isEqual: false },
    { name: 'a.b', value: 'x "y"\n', isRegex: false, isEqual: true },
    { name: 'team', value: 'z', isRegex: false, isEqual: false },
  ]);
  assert.equal(formatMatchers(matchers ?? []), text);
  assert.deepEqual(parseMatchers('a = b , c=~"\\u00e4\\x41"'), [
    { name: 'a', value: 'b', isRegex: false, isEqual: true },
    { name: 'c', value: 'äA', isRegex: true, isEqual: true },
  ]);
  assert.deepEqual(parseMatchers('{}'), []);
});

test('what is no list of conditions is none', () => {
  for (const text of ['{a}', 'a=', 'a="b" c="d"', '="x"', '""="x"', 'a=="b"', '{a="b}']) assert.equal(parseMatchers(text), null, text);
});

test('labels meet all conditions or do not', () => {
  const met = (text: string): boolean => meets(parseMatchers(text) ?? [], LABELS);
  assert.equal(met('alertname="A"'), true);
  assert.equal(met('provider!~"open.*"'), false);
  assert.equal(met('provider=~"open"'), false);
  assert.equal(met('team=""'), true);
  assert.equal(met('team!="x",alertname=~"A|B"'), true);
  assert.equal(met('team=~"("'), false);
});

test('the unit of a rule is that of its text, else of what it looks at', () => {
  const unit = (query: string, summary: string) => unitOf({ query, annotations: { summary } });
  assert.equal(unit('x > 1', '{{ $value | humanizePercentage }} fail'), 'share');
  assert.equal(unit('llm:p95_latency > 30000', 'takes {{ printf "%.0f" $value }} ms'), 'milliseconds');
  assert.equal(unit('y > 50', 'cost {{ printf "%.2f" $value }} US dollars an hour'), 'usd-per-hour');
  assert.equal(unit('y > 50', 'cost {{ printf "%.2f" $value }} US dollars in 6 hours'), 'usd');
  assert.equal(unit('llm:service_success_rate == 0', 'no request succeeds'), 'share');
  assert.equal(unit('llm:eviction_rate > 10', 'throws out keys'), 'number');
  assert.equal(unit('process_resident_memory_bytes > 1e9', ''), 'bytes');
  assert.equal(unitOf(undefined), 'number');
});
