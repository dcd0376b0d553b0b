/** The views: a rail at the left of a wide window, a bar at the bottom of a narrow one. */

import { plain } from '../format/text.ts';
import { loud } from '../state/alerts.ts';
import { dialog } from '../state/keyboard.ts';
import { place } from '../state/place.ts';
import { app } from '../state/service.ts';
import { nextTheme, theme } from '../state/theme.ts';
import { formatPlace, inView, type View } from '../state/url.ts';
import { Icon } from './icon.tsx';

const TITLES: Record<View, string> = {
  overview: 'Overview',
  providers: 'Providers',
  cache: 'Cache',
  health: 'Health',
  alerts: 'Alerts',
  query: 'Query',
};

export function Rail() {
  const { view } = place.value;
  const firing = loud.value.length;
  return (
    <nav class="rail" aria-label="Views">
      <p class="brand">
        <Icon name="health" size={20} />
        <span>llm-vitals</span>
      </p>
      <ul>
        {(Object.keys(TITLES) as View[]).map((name) => (
          <li key={name}>
            <a href={formatPlace(inView(place.value, name))} aria-current={view === name ? 'page' : undefined} data-view={name}>
              <Icon name={name} />
              <span class="rail-title">{TITLES[name]}</span>
              {name === 'alerts' && firing > 0 && (
                <span class="badge">
                  {firing}
                  <span class="unseen"> firing</span>
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <div class="rail-foot">
        <button type="button" class="button plain" onClick={nextTheme}>
          <Icon name={theme.value} />
          <span>{THEMES[theme.value]}</span>
        </button>
        <button type="button" class="button plain" onClick={() => (dialog.value = 'keys')}>
          <Icon name="keys" />
          <span>Keys</span>
        </button>
        {app.value.data?.version && <p class="muted version">version {plain(app.value.data.version, 20)}</p>}
      </div>
    </nav>
  );
}

const THEMES = { system: 'Theme of the system', light: 'Light theme', dark: 'Dark theme' };
