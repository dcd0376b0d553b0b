/** The frame of the page: views at the side, the verdict on top, the view below. */

import { effect } from '@preact/signals';
import { useEffect } from 'preact/hooks';

import { tokenWanted } from './api/client.ts';
import { EventsOfView } from './parts/events.tsx';
import { Header } from './parts/header.tsx';
import { Keys, Search, TokenPrompt } from './parts/dialogs.tsx';
import { Rail } from './parts/rail.tsx';
import { SilenceForm } from './parts/silence-form.tsx';
import { dialog, listen } from './state/keyboard.ts';
import { place } from './state/place.ts';
import type { View } from './state/url.ts';
import { currentVerdict } from './state/verdict.ts';
import { AlertsView } from './views/alerts.tsx';
import { CacheView } from './views/cache.tsx';
import { HealthView } from './views/health.tsx';
import { OverviewView } from './views/overview.tsx';
import { ProvidersView } from './views/providers.tsx';
import { QueryView } from './views/query.tsx';

const PAGES: Record<View, () => preact.JSX.Element> = {
  overview: OverviewView,
  providers: ProvidersView,
  cache: CacheView,
  health: HealthView,
  alerts: AlertsView,
  query: QueryView,
};

export function App() {
  const { view, silence } = place.value;
  const Page = PAGES[view];
  useEffect(() => listen(), []);
  useEffect(() => effect(() => void (document.title = plainTitle(currentVerdict.value.text))), []);
  // Another view begins at its top.
  useEffect(() => window.scrollTo(0, 0), [view]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={toMain}>
        To the content
      </a>
      <Rail />
      <div class="page">
        <Header />
        <EventsOfView />
        <main id="main" tabIndex={-1} key={view}>
          <Page />
        </main>
      </div>
      {dialog.value === 'keys' && <Keys />}
      {dialog.value === 'search' && <Search />}
      {silence !== null && !tokenWanted.value && <SilenceForm key={silence} />}
      {tokenWanted.value && <TokenPrompt />}
    </div>
  );
}

/** The part of the address behind # is taken by the place. */
function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}

/** Titles of tabs show the marks around names as boxes. */
function plainTitle(text: string): string {
  return text.replace(/[\u2066-\u2069]/g, '');
}
