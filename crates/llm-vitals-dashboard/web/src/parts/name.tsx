/** A name that somebody else chose: whatever it holds, it stays in its place. */

import { plain } from '../format/text.ts';

export function Name({ text, most = 80 }: { text: string; most?: number }) {
  const shown = plain(text, most);
  return (
    <bdi class="name" title={shown === text && text.length < 24 ? undefined : plain(text, 400)}>
      {shown === '' ? '(empty)' : shown}
    </bdi>
  );
}
