/** A share as a bar behind its number. */

import { format, isKnown } from '../format/number.ts';

export function Bar({ share, tone = 'accent', text }: { share: number | null; tone?: 'accent' | 'red' | 'amber'; text?: string }) {
  const width = isKnown(share) ? Math.min(1, Math.max(0, share)) * 100 : 0;
  return (
    <span class="bar">
      <span class="figure">{text ?? format(share, 'share')}</span>
      <span class="bar-track" aria-hidden="true">
        <span class={`bar-fill ${tone}`} style={{ width: `${width}%` }} />
      </span>
    </span>
  );
}
