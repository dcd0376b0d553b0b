/** A button that puts a text on the clipboard, and says so. */

import { useState } from 'preact/hooks';

import { Icon } from './icon.tsx';

export function Copy({ text, what, short = false }: { text: string; what: string; short?: boolean }) {
  const [said, say] = useState<string | null>(null);
  const copy = async (): Promise<void> => {
    say((await put(text)) ? 'Copied' : 'Select and copy by hand');
    setTimeout(() => say(null), 2000);
  };
  return (
    <button type="button" class={short ? 'button round' : 'button small'} aria-label={`Copy ${what}`} onClick={() => void copy()}>
      <Icon name={said === null ? 'copy' : 'well'} size={14} />
      <span aria-live="polite" class={short ? 'unseen' : ''}>
        {said ?? (short ? '' : 'Copy')}
      </span>
    </button>
  );
}

/** The clipboard is only there on localhost and over TLS; a selection works elsewhere. */
async function put(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'unseen';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
