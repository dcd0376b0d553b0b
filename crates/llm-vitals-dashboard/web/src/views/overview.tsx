/** Whether the service is well, and the four charts that explain its numbers. */

import { EventList } from '../parts/events.tsx';
import { ProviderTable } from '../parts/provider-table.tsx';
import { Tiles } from '../parts/tiles.tsx';
import { scope } from '../state/place.ts';
import { CostChart, LatencyChart, RequestsChart, TokensChart } from './service-charts.tsx';

export function OverviewView() {
  const what = scope.value;
  return (
    <>
      <Tiles />
      <div class="grid">
        <RequestsChart what={what} />
        <LatencyChart what={what} />
        <TokensChart what={what} />
        <CostChart what={what} by={what.provider === null ? 'provider' : 'model'} />
      </div>
      <EventList />
      <ProviderTable title="Providers" what={what} by={what.provider === null ? 'provider' : 'model'} short />
    </>
  );
}
