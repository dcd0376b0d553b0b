/** Names that want to be markup, that run the other way, or that never end: text in their place, and nothing else. */

import assert from 'node:assert/strict';

import { close, open, picture, type Case, type Setting } from './setting.js';
import { APPLICATION, standIn, type StandIn } from './stand-in.js';
import { faults } from './views.js';

const MARKUP = '<img src=x onerror="window.hurt=1"><script>window.hurt=1</script>';
const TURNED = '\u202egnip\u202d\u2066‮ שלום مرحبا';
const LONG = 'x'.repeat(3000);
const NAMES = [MARKUP, TURNED, LONG, 'javascript:window.hurt=1', '"}) or vector(1) #', ''];

const LABELS = ['provider', 'model', 'status', 'type', 'error_type', 'resource', 'check', 'cache', 'node', 'key_group', 'result'];

function labels(name: string): Record<string, string> {
  return Object.fromEntries(LABELS.map((label) => [label, name]));
}

/** Every question is answered with every name, on every line that the panel could have. */
function answerAll(service: StandIn): void {
  const now = Date.now() / 1000;
  const metrics = [
    'llm_requests_total',
    'llm_service_requests_total',
    'llm_service_request_duration_seconds_bucket',
    'llm_request_duration_seconds_bucket',
  ];
  const more = [
    'llm_tokens_total',
    'llm_cost_usd_total',
    'llm_errors_total',
    'llm_rate_limit_remaining',
    'health_check_status',
    'ALERTS',
    'redis_up',
  ];
  const others = ['llm_cache_lookups_total', 'redis_key_group_count', 'llm_requests_in_flight', MARKUP];
  service.answers['api/v1/label/__name__/values'] = () => ({ status: 'success', data: [...metrics, ...more, ...others] });
  service.answers['api/v1/query'] = (query) => {
    const lines = linesOf(query);
    const result = NAMES.flatMap((name) => lines.map((line) => ({ metric: { ...labels(name), line }, value: [now, '0.7'] })));
    return { status: 'success', data: { resultType: 'vector', result } };
  };
  service.answers['api/v1/query_range'] = (query) => {
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(query.get(name)));
    const values: [number, string][] = [];
    for (let time = start ?? 0; time <= (end ?? 0); time += step ?? 1) values.push([time, '1']);
    const more = (query.get('query') ?? '').startsWith('ALERTS') ? { alertname: MARKUP, severity: MARKUP, alertstate: 'firing' } : {};
    const result = NAMES.map((name) => ({ metric: { ...labels(name), line: name, ...more }, values }));
    return { status: 'success', data: { resultType: 'matrix', result } };
  };
  const at = new Date().toISOString();
  const alert = (name: string) => ({
    labels: { alertname: name, provider: name, severity: name },
    annotations: { summary: name, description: name, runbook_url: `javascript:window.hurt=1//${name}` },
    state: 'firing',
    activeAt: at,
    value: '0.5',
  });
  service.answers['api/v1/rules'] = () => ({
    status: 'success',
    data: {
      groups: [
        {
          name: MARKUP,
          interval: 5,
          rules: NAMES.map((name) => ({
            type: 'alerting',
            name,
            query: `x{a="${MARKUP}"} > 1`,
            state: 'firing',
            lastError: name,
            alerts: [alert(name)],
          })),
        },
      ],
    },
  });
  service.answers['api/dashboard'] = () => ({
    ...APPLICATION,
    version: MARKUP,
    checks: NAMES.map((name) => ({
      name,
      kind: name,
      group: name,
      state: 'down',
      since: at,
      lastRun: at,
      durationSeconds: 1,
      message: name,
      tags: {},
    })),
    errors: NAMES.map((name) => ({
      at,
      provider: name,
      model: name,
      operation: name,
      errorType: name,
      status: 500,
      message: name,
      requestId: name,
      traceId: name,
    })),
    receivers: NAMES.map((name) => ({
      receiver: name,
      integration: name,
      state: 'failing',
      lastSuccess: at,
      lastError: name,
      queued: 1,
      sent: 1,
      failed: 1,
    })),
    history: NAMES.map((name) => ({
      at,
      alertname: name,
      labels: { a: name },
      severity: name,
      from: name,
      to: name,
      value: 1,
      reason: name,
      summary: name,
    })),
  });
}

/** The names of the lines that a question puts together. */
function linesOf(query: URLSearchParams): string[] {
  const found = [...(query.get('query') ?? '').matchAll(/"line", "([^"]*)"/g)].map((match) => match[1] ?? '');
  return found.length > 0 ? found : [''];
}

async function look(setting: Setting, width: number): Promise<void> {
  const service = await standIn();
  answerAll(service);
  const inside = `?${new URLSearchParams({ provider: MARKUP, model: LONG })}`;
  try {
    for (const hash of [
      '#/overview',
      '#/providers',
      '#/providers?by=model',
      `#/providers${inside}`,
      '#/cache',
      '#/health',
      '#/alerts',
      `#/query?expr=${encodeURIComponent(MARKUP)}`,
    ]) {
      const watched = await open(setting, hash, { width }, service.address);
      const { page } = watched;
      const found = await page.evaluate(() => ({
        hurt: 'hurt' in window,
        strange: document.querySelectorAll('#app img, #app script, #app a[href^="javascript"]').length,
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        unruly: /[\u202a-\u202e]/.test(document.body.innerText + document.title),
        title: document.title.length,
      }));
      assert.deepEqual(
        { hash, ...found, title: found.title < 200 },
        { hash, hurt: false, strange: 0, wide: 0, unruly: false, title: true },
      );
      if (hash === '#/providers' || hash === '#/alerts') await picture(setting, page, `hostile-${hash.slice(2)}-${width}`);
      if (hash === '#/alerts') assert.deepEqual(await faults(page), []);
      await close(watched);
    }
  } finally {
    await service.close();
  }
}

export const hostile: Case[] = [1400, 390].map((width) => ({
  name: `hostile names stay text in their place, ${width} pixels wide`,
  needs: 'nothing',
  run: (setting: Setting) => look(setting, width),
}));
