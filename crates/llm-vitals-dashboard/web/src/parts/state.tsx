/** A state as a shape and a word. */

import { plain } from '../format/text.ts';
import { Icon, type IconName } from './icon.tsx';

const LOOKS: Record<string, { icon: IconName; tone: string }> = {
  up: { icon: 'well', tone: 'good' },
  ok: { icon: 'well', tone: 'good' },
  resolved: { icon: 'well', tone: 'good' },
  degraded: { icon: 'warning', tone: 'warn' },
  retrying: { icon: 'warning', tone: 'warn' },
  warning: { icon: 'warning', tone: 'warn' },
  inactive: { icon: 'well', tone: 'quiet' },
  pending: { icon: 'pending', tone: 'quiet' },
  down: { icon: 'trouble', tone: 'bad' },
  failing: { icon: 'trouble', tone: 'bad' },
  firing: { icon: 'warning', tone: 'warn' },
  critical: { icon: 'trouble', tone: 'bad' },
  page: { icon: 'trouble', tone: 'bad' },
  silenced: { icon: 'silenced', tone: 'quiet' },
};

export function State({ state, word = state }: { state: string; word?: string }) {
  const { icon, tone } = LOOKS[state] ?? { icon: 'unknown', tone: 'quiet' };
  return (
    <span class={`state ${tone}`}>
      <Icon name={icon} />
      <span>{plain(word, 24)}</span>
    </span>
  );
}
