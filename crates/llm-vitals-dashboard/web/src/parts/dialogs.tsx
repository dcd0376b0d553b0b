/** What opens over the page: the keys, the search, and the question for the token. */

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';

import { setToken, wasRefused } from '../api/client.ts';
import { plain } from '../format/text.ts';
import { query } from '../api/prometheus.ts';
import { refresh, now } from '../state/clock.ts';
import { dialog, KEYS } from '../state/keyboard.ts';
import { go, place } from '../state/place.ts';
import { inView } from '../state/url.ts';
import { Name } from './name.tsx';

export function Dialog({ title, children, onClose }: { title: string; children: ComponentChildren; onClose?: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    box.current?.showModal();
  }, []);
  return (
    <dialog
      ref={box}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClick={(event) => {
        if (event.target === box.current) onClose?.();
      }}
    >
      <div class="dialog">
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}

function close(): void {
  dialog.value = null;
}

export function Keys() {
  return (
    <Dialog title="Keys" onClose={close}>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" class="button" onClick={close}>
        Close
      </button>
    </Dialog>
  );
}

interface Found {
  provider: string;
  model: string | null;
}

/** More matches than these are not shown. */
const MOST = 12;

export function Search() {
  const [text, setText] = useState('');
  const [all, setAll] = useState<Found[] | null>(null);
  const [chosen, choose] = useState(0);
  useEffect(() => {
    query('count by (provider, model) (llm_requests_total)', now.peek()).then(
      (samples) => setAll(entries(samples.map((sample) => sample.labels))),
      () => setAll([]),
    );
  }, []);
  const wanted = text.trim().toLowerCase();
  const matches = (all ?? []).filter((found) => `${found.provider} ${found.model ?? ''}`.toLowerCase().includes(wanted)).slice(0, MOST);
  const open = (found: Found | undefined): void => {
    if (!found) return;
    close();
    go(inView(place.value, 'providers', { provider: found.provider, model: found.model }));
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') open(matches[chosen]);
    else if (event.key === 'ArrowDown') choose(Math.min(matches.length - 1, chosen + 1));
    else if (event.key === 'ArrowUp') choose(Math.max(0, chosen - 1));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Search providers and models" onClose={close}>
      <input
        class="field"
        type="search"
        aria-label="Name"
        placeholder="Name of a provider or model"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          choose(0);
        }}
        onKeyDown={key}
      />
      <ul class="matches">
        {matches.map((found, index) => (
          <li key={`${found.provider}\n${found.model}`}>
            <button
              type="button"
              class={index === chosen ? 'match chosen' : 'match'}
              onMouseMove={() => choose(index)}
              onClick={() => open(found)}
            >
              <Name text={found.model ?? found.provider} />
              <span class="muted">{found.model === null ? 'provider' : <Name text={found.provider} most={30} />}</span>
            </button>
          </li>
        ))}
      </ul>
      <p class="muted" role="status">
        {all === null ? 'Loading' : matches.length === 0 ? nothing(all, wanted) : ''}
      </p>
    </Dialog>
  );
}

function nothing(all: readonly Found[], wanted: string): string {
  return all.length === 0 ? 'No provider was called yet.' : `Nothing is called ${plain(wanted)}.`;
}

function entries(labels: readonly Readonly<Record<string, string>>[]): Found[] {
  const models = labels.map(({ provider = '', model = '' }) => ({ provider, model }));
  const providers = [...new Set(models.map((found) => found.provider))].sort();
  models.sort((one, other) => (one.model < other.model ? -1 : 1));
  return [...providers.map((provider) => ({ provider, model: null })), ...models];
}

export function TokenPrompt() {
  const [text, setText] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (text.trim() === '') return;
    setToken(text.trim());
    refresh();
  };
  return (
    <Dialog title="Who is there?">
      <form onSubmit={submit}>
        <p>
          {wasRefused() && <strong>The last token was not accepted. </strong>}
          The service shows its numbers to those who have its management token.
        </p>
        <input
          class="field"
          type="password"
          autocomplete="off"
          aria-label="Management token"
          placeholder="Management token"
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <p class="muted">It is kept until this tab is closed, and sent to this service alone.</p>
        <button type="submit" class="button primary">
          Show the numbers
        </button>
      </form>
    </Dialog>
  );
}
