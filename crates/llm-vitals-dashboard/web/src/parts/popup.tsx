/** Something small that opens below its button, and closes with Escape or a click elsewhere. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  /** What the button says. */
  label: ComponentChildren;
  /** Its name where it shows only a picture. */
  name?: string;
  className?: string;
  children: (close: () => void) => ComponentChildren;
}

export function Popup({ label, name, className = 'button', children }: Props) {
  const [isOpen, open] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = (): void => {
    open(false);
    button.current?.focus();
  };
  useEffect(() => {
    if (!isOpen) return;
    const outside = (event: Event): void => {
      if (box.current && !box.current.contains(event.target as Node)) open(false);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      close();
    };
    document.addEventListener('pointerdown', outside);
    document.addEventListener('keydown', key, true);
    place(box.current);
    return () => {
      document.removeEventListener('pointerdown', outside);
      document.removeEventListener('keydown', key, true);
    };
  }, [isOpen]);
  return (
    <div class="popup" ref={box}>
      <button ref={button} type="button" class={className} aria-label={name} aria-expanded={isOpen} onClick={() => open(!isOpen)}>
        {label}
      </button>
      {isOpen && <div class="popup-body">{children(close)}</div>}
    </div>
  );
}

/** Moves an opened box back into the window. */
function place(box: HTMLElement | null): void {
  const body = box?.querySelector<HTMLElement>('.popup-body');
  if (!body) return;
  const { left, right } = body.getBoundingClientRect();
  const wide = document.documentElement.clientWidth - 8;
  if (right > wide) body.style.translate = `${Math.max(wide - right, 8 - left)}px 0`;
}
