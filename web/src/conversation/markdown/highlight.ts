/** The colours of code. They are fetched when the first code with a language is shown. */
import type { ReactNode } from 'react';

type Highlight = (code: string, language: string) => ReactNode;

let highlighter: Highlight | undefined;
let asked = false;
const waiting = new Set<() => void>();

/** The code in colours, or `undefined` while they are not there. */
export function highlighted(code: string, language: string): ReactNode | undefined {
  return highlighter?.(code, language);
}

export function loadHighlighter(): void {
  if (asked) return;
  asked = true;
  void import('./highlighter.tsx').then(
    (module) => {
      highlighter = module.highlight;
      for (const tell of waiting) tell();
    },
    () => {
      // Without it code is plain; the next code block tries again.
      asked = false;
    },
  );
}

export function onHighlighterLoaded(listener: () => void): () => void {
  waiting.add(listener);
  return () => waiting.delete(listener);
}
