import assert from 'node:assert/strict';
import test from 'node:test';

import { errorRate, families, SERVICE, CALLS, statusRates } from '../../src/promql/service.ts';
import { quote, union } from '../../src/promql/text.ts';
import { threshold } from '../../src/promql/threshold.ts';

const ALL = { provider: null, model: null };

test('a label value cannot end its string', () => {
  assert.equal(quote('a"} or up{x="\\\n'), '"a\\"} or up{x=\\"\\\\\\n"');
  const scope = { provider: 'p"', model: null };
  assert.equal(statusRates(CALLS, scope, { seconds: 60 }), 'sum by (status) (rate(llm_requests_total{provider="p\\""}[1m]))');
});

test('one provider is looked at through its calls, the service through its requests', () => {
  assert.equal(families(ALL, true), SERVICE);
  assert.equal(families(ALL, false), CALLS);
  assert.equal(families({ provider: 'p', model: null }, true), CALLS);
});

test('an error rate without errors is 0 where there were requests', () => {
  assert.equal(
    errorRate(SERVICE, ALL, { seconds: 300, offset: 300 }),
    '(sum(rate(llm_service_requests_total{status="error"}[5m] offset 5m)) or 0 * ' +
      'sum(rate(llm_service_requests_total{status=~"success|error"}[5m] offset 5m))) / ' +
      '(sum(rate(llm_service_requests_total{status=~"success|error"}[5m] offset 5m)) > 0)',
  );
});

test('the lines of a panel are one query', () => {
  const lines = [
    { name: 'a', expr: 'x' },
    { name: 'b', expr: 'sum(y)' },
  ];
  assert.equal(union(lines), 'label_replace(x, "line", "a", "", "")\nor\nlabel_replace(sum(y), "line", "b", "", "")');
});

test('the threshold of a rule is found', () => {
  const plain = threshold('llm:cancelled_rate > 0.2 and on (provider) sum by (provider) (increase(llm_requests_total[5m])) > 20');
  assert.deepEqual(plain, { expr: 'llm:cancelled_rate', operator: '>', value: 0.2 });
  const held = threshold(
    '((llm:error_rate > 0.05) and on (provider) (llm:request_count >= 20)) or (llm:error_rate unless (llm:error_rate < 0.03))',
  );
  assert.deepEqual(held, { expr: 'llm:error_rate', operator: '>', value: 0.05 });
  const ratio = threshold('llm_rate_limit_remaining / (llm_rate_limit_limit > 0) < 0.1');
  assert.deepEqual(ratio, { expr: 'llm_rate_limit_remaining / (llm_rate_limit_limit > 0)', operator: '<', value: 0.1 });
  assert.deepEqual(threshold('redis_up{node=~"a > 1|b"} == 0'), { expr: 'redis_up{node=~"a > 1|b"}', operator: '==', value: 0 });
  assert.equal(threshold('absent(up)'), null);
  assert.equal(threshold('a > b'), null);
});
