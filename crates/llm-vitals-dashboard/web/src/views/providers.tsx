/** All providers side by side, or one of them in full. */

import { ErrorTable } from '../parts/error-table.tsx';
import { EventList } from '../parts/events.tsx';
import { HealthHistory } from '../parts/health-history.tsx';
import { Limits } from '../parts/limits.tsx';
import { Name } from '../parts/name.tsx';
import { ProviderTable } from '../parts/provider-table.tsx';
import { Tiles } from '../parts/tiles.tsx';
import { go, place, scope } from '../state/place.ts';
import { CostChart, ErrorsChart, FirstTokenChart, LatencyChart, RequestsChart, TokensChart } from './service-charts.tsx';

export function ProvidersView() {
  const { provider, model, by } = place.value;
  const what = scope.value;
  if (provider === null) return <All by={by} />;
  const ofProvider = { provider, model: null };
  return (
    <>
      <nav class="crumbs" aria-label="Where you are">
        <button type="button" class="link" onClick={() => go({ provider: null, model: null, sort: null })}>
          All providers
        </button>
        <span aria-hidden="true">/</span>
        {model === null ? (
          <Name text={provider} />
        ) : (
          <button type="button" class="link" onClick={() => go({ model: null })}>
            <Name text={provider} />
          </button>
        )}
        {model !== null && (
          <>
            <span aria-hidden="true">/</span>
            <Name text={model} />
          </>
        )}
      </nav>
      <Tiles />
      <div class="grid">
        <RequestsChart what={what} />
        <LatencyChart what={what} />
        <ErrorsChart what={what} />
        <FirstTokenChart what={what} />
        <TokensChart what={what} />
        <CostChart what={what} by="model" />
      </div>
      <EventList />
      {model === null && <ProviderTable title="Models" what={ofProvider} by="model" />}
      <div class="grid">
        <HealthHistory only={provider} />
        <Limits what={ofProvider} />
      </div>
      <ErrorTable provider={provider} model={model} />
    </>
  );
}

function All({ by }: { by: 'provider' | 'model' }) {
  const choice = (
    <span class="choice" role="group" aria-label="One row for each">
      {(['provider', 'model'] as const).map((name) => (
        <button type="button" key={name} class="button small" aria-pressed={by === name} onClick={() => go({ by: name, sort: null }, true)}>
          {name === 'provider' ? 'Providers' : 'Models'}
        </button>
      ))}
    </span>
  );
  const everything = { provider: null, model: null };
  return (
    <>
      <ProviderTable title={by === 'model' ? 'Models' : 'Providers'} what={everything} by={by} tools={choice} />
      <div class="grid">
        <ErrorsChart what={everything} />
        <Limits what={everything} />
      </div>
      <HealthHistory wide />
    </>
  );
}
