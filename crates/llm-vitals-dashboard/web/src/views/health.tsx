/** Whether the parts of the service work, and the process itself. */

import { ChartPanel } from '../parts/chart-panel.tsx';
import { Checks } from '../parts/check-table.tsx';
import { ErrorTable } from '../parts/error-table.tsx';
import { HealthHistory } from '../parts/health-history.tsx';
import { Limits } from '../parts/limits.tsx';
import { Receivers } from '../parts/receiver-table.tsx';
import { parseTime, clock } from '../format/time.ts';
import { span } from '../format/number.ts';
import { wall } from '../state/clock.ts';
import { app, lacks } from '../state/service.ts';

const NO_PROCESS = 'The process does not show its resources here. The Prometheus crate shows them on Linux.';

export function HealthView() {
  return (
    <>
      <Checks />
      <HealthHistory wide />
      <div class="grid">
        <ChartPanel
          title="Processor"
          about="Time that the process spends on processors: 100 % is one core."
          lines={(seconds) => [{ name: 'cores', expr: `sum(rate(process_cpu_seconds_total[${seconds}s]))` }]}
          nameOf={() => 'of one core'}
          unit="share"
          empty={NO_PROCESS}
          absent={lacks('process_cpu_seconds_total')}
        />
        <ChartPanel
          title="Memory"
          about="Memory of the process that is in RAM."
          lines={() => [{ name: 'resident', expr: 'sum(process_resident_memory_bytes)' }]}
          nameOf={() => 'resident'}
          unit="bytes"
          empty={NO_PROCESS}
          absent={lacks('process_resident_memory_bytes')}
        />
        <ChartPanel
          title="Open files and connections"
          about="File descriptors that are open. At the limit no connection is taken any more."
          lines={() => [{ name: 'open', expr: 'sum(process_open_fds)' }]}
          nameOf={() => 'open'}
          unit="count"
          empty={NO_PROCESS}
          absent={lacks('process_open_fds')}
        />
        <ChartPanel
          title="Calls under way"
          about="Calls to providers that have not ended."
          lines={() => [{ name: 'in flight', expr: 'sum by (provider) (llm_requests_in_flight)' }]}
          nameOf={(labels) => labels.provider ?? ''}
          unit="count"
          stacked
          empty="No call was under way in this range."
          absent={lacks('llm_requests_in_flight')}
        />
      </div>
      <Receivers />
      <Limits what={{ provider: null, model: null }} wide />
      <ErrorTable />
      <Uptime />
    </>
  );
}

function Uptime() {
  const { data } = app.value;
  const started = parseTime(data?.startedAt);
  if (started === null) return null;
  return (
    <p class="muted">
      The process has run for {span(wall.value - started)}, since {clock(started, wall.value)}. It keeps samples for{' '}
      {span(data?.retentionSeconds)} and takes one every {span(data?.sampleIntervalSeconds)}.
    </p>
  );
}
