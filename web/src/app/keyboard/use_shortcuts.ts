import { useEffect, useEffectEvent } from 'react';
import { isShortcut, type Shortcut } from './shortcuts.ts';

type Handlers = Partial<Record<Shortcut, () => void>>;

/** Hears the page's keys. What has the focus comes first: what it has handled is not handled again. */
export function useShortcuts(handlers: Handlers): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    for (const [shortcut, handle] of Object.entries(handlers) as [Shortcut, () => void][]) {
      if (!isShortcut(event, shortcut) || (event.key === '?' && isTyping(event.target))) continue;
      event.preventDefault();
      handle();
      return;
    }
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable="true"]');
}
