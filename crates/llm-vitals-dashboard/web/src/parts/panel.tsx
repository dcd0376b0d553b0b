/** A part of the page with a title, its (?) and what it shows. */

import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

import type { Line } from '../promql/text.ts';
import { Help } from './help.tsx';

interface Props {
  title: string;
  /** Stands beside the title, smaller. */
  note?: ComponentChildren;
  /** What the (?) says; panels that show no metrics have none. */
  about?: { text: string; lines: readonly Line[] };
  /** Buttons at the right. */
  tools?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}

export function Panel({ title, note, about, tools, wide = false, children }: Props) {
  const id = useId();
  return (
    <section class={wide ? 'panel wide' : 'panel'} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note && <span class="muted note">{note}</span>}
        <span class="tools">
          {tools}
          {about && <Help title={title} about={about.text} lines={about.lines} />}
        </span>
      </header>
      {children}
    </section>
  );
}
