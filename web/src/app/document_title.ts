/** The title of the browser's tab: what is unread, where one is, and what this is. */
import { useEffect } from 'react';

let page = '';
let unread = 0;

function show(): void {
  document.title = [unread > 0 && `(${unread > 99 ? '99+' : unread})`, page, page ? '· Chappe' : 'Chappe']
    .filter(Boolean)
    .join(' ');
}

export function showUnreadTotal(total: number): void {
  unread = total;
  show();
}

/** Names the page while it is shown. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    page = title;
    show();
    return () => {
      page = '';
      show();
    };
  }, [title]);
}
