import type { ReactNode } from 'react';
import { renderMarkdown } from './render.tsx';

/** Rendered texts by what was typed: rows come and go while one scrolls, their texts stay. */
const rendered = new Map<string, ReactNode>();
const KEPT = 600;

/** A message's text. The same text gives the same elements, so React does not look into them again. */
export function Markdown({ text }: { text: string }) {
  let node = rendered.get(text);
  if (node === undefined) {
    node = renderMarkdown(text);
    if (rendered.size >= KEPT) {
      const oldest = rendered.keys().next();
      if (!oldest.done) rendered.delete(oldest.value);
    }
    rendered.set(text, node);
  }
  return <div className="markdown wrap-anywhere min-w-0">{node}</div>;
}
