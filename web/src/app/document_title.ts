/** The title of the browser's tab: what is unread, where one is, and what this is. */
import { useEffect } from 'react';

/** The pages that are shown, the last one on top: while one follows another there may be two. */
const pages = new Map<symbol, string>();
let unread = 0;

function show(): void {
  const page = [...pages.values()].at(-1);
  const count = unread > 99 ? '99+' : String(unread);
  document.title = `${unread > 0 ? `(${count}) ` : ''}${page ? `${page} · ` : ''}Chappe`;
}

export function showUnreadTotal(total: number): void {
  unread = total;
  show();
}

/** Names the page while it is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    const page = Symbol();
    pages.set(page, title);
    show();
    return () => {
      pages.delete(page);
      show();
    };
  }, [title]);
}
