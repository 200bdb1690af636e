/** The colours of code. They are fetched when the first code with a language is shown. */
import type { ReactNode } from 'react';

type Highlight = (code: string, language: string) => ReactNode;

let highlighter: Highlight | undefined;
let loading: Promise<void> | undefined;
const waiting = new Set<() => void>();

/** The code in colours, or `undefined` while they are not there. */
export function highlighted(code: string, language: string): ReactNode | undefined {
  return highlighter?.(code, language);
}

export function loadHighlighter(): void {
  loading ??= import('./highlighter.tsx').then(
    (module) => {
      highlighter = module.highlight;
      for (const tell of waiting) tell();
    },
    () => {
      // Without it code is plain; the next code block tries again.
      loading = undefined;
    },
  );
}

export function onHighlighterLoaded(listener: () => void): () => void {
  waiting.add(listener);
  return () => waiting.delete(listener);
}
