/** The charts of requests, latencies, tokens and cost: of the service, a provider or a model. */

import { ChartPanel } from '../parts/chart-panel.tsx';
import { costPerHour, errorsByKind, families, firstToken, latencyLines, statusRates, tokenRates } from '../promql/service.ts';
import type { Scope } from '../promql/text.ts';
import { words } from '../format/text.ts';
import { has, lacks } from '../state/service.ts';

interface Props {
  what: Scope;
}

const NO_TRAFFIC = 'No traffic in this range. A request through the service fills this chart.';

export function RequestsChart({ what }: Props) {
  const family = families(what, has('llm_service_requests_total'));
  return (
    <ChartPanel
      title="Requests by status"
      about={
        family.requests === 'llm_requests_total'
          ? 'Calls to the provider by how they ended, retries not counted.'
          : 'Requests by how they ended for the caller. A fallback that succeeded is a success.'
      }
      lines={(seconds) => [{ name: 'requests', expr: statusRates(family, what, { seconds }) }]}
      nameOf={(labels) => labels.status ?? ''}
      order={['success', 'cancelled', 'error']}
      roles={{ success: 'well', cancelled: 'left', error: 'trouble' }}
      unit="per-second"
      stacked
      empty={NO_TRAFFIC}
      absent={lacks('llm_service_requests_total', 'llm_requests_total')}
    />
  );
}

export function LatencyChart({ what }: Props) {
  const family = families(what, has('llm_service_requests_total'));
  return (
    <ChartPanel
      title="Latency"
      about="Time from the request to the last byte of the answer, of requests that succeeded."
      lines={(seconds) => latencyLines(family, what, { seconds })}
      order={['p99', 'p95', 'p50', 'average']}
      unit="seconds"
      empty="No successful answer in this range."
      absent={lacks(`${family.duration}_bucket`)}
    />
  );
}

export function FirstTokenChart({ what }: Props) {
  return (
    <ChartPanel
      title="Time to first token"
      about="Time from the call to the first content, reasoning or tool call of a streamed answer."
      lines={(seconds) => [
        { name: 'p95', expr: firstToken(0.95, what, { seconds }) },
        { name: 'p50', expr: firstToken(0.5, what, { seconds }) },
      ]}
      order={['p95', 'p50']}
      unit="seconds"
      empty="No stream in this range. Answers that are not streamed have no first token."
      absent={lacks('llm_time_to_first_token_seconds_bucket')}
    />
  );
}

export function TokensChart({ what }: Props) {
  return (
    <ChartPanel
      title="Tokens"
      about="Tokens a second as the providers counted them: prompt and completion are the total."
      lines={(seconds) => [{ name: 'tokens', expr: tokenRates(what, { seconds }) }]}
      nameOf={(labels) => labels.type ?? ''}
      order={['prompt', 'completion']}
      unit="tokens-per-second"
      stacked
      empty="No tokens were counted in this range."
      absent={lacks('llm_tokens_total')}
    />
  );
}

export function CostChart({ what, by }: Props & { by: 'provider' | 'model' }) {
  return (
    <ChartPanel
      title={`Cost by ${by}`}
      about="US dollars an hour at the present pace, by the price book or as the provider billed it."
      lines={(seconds) => [{ name: 'cost', expr: costPerHour(what, { seconds }, [by]) }]}
      nameOf={(labels) => labels[by] ?? ''}
      unit="usd-per-hour"
      stacked
      empty="No call with a known price in this range. Prices come from the price book or the provider."
      absent={lacks('llm_cost_usd_total')}
    />
  );
}

export function ErrorsChart({ what }: Props) {
  return (
    <ChartPanel
      title="Errors by kind"
      about="Calls that failed, by kind of error."
      lines={(seconds) => [{ name: 'errors', expr: errorsByKind(what, { seconds }) }]}
      nameOf={(labels) => words(labels.error_type ?? '')}
      unit="per-second"
      stacked
      empty="No call failed in this range."
      absent={lacks('llm_errors_total')}
    />
  );
}
