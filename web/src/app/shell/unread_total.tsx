import { useEffect } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { showUnreadTotal } from '#/app/document_title.ts';
import { badgeFavicon } from '#/app/favicon.ts';
import { type LiveState, unread } from '#/core/model.ts';

/** Keeps the tab's title and icon true to what is unread in all rooms. */
export function UnreadTotal() {
  const total = useLive(unreadTotal);
  useEffect(() => {
    showUnreadTotal(total);
    void badgeFavicon(total > 0);
  }, [total]);
  useEffect(
    () => () => {
      showUnreadTotal(0);
      void badgeFavicon(false);
    },
    [],
  );
  return null;
}

function unreadTotal({ rooms }: LiveState): number {
  let total = 0;
  for (const id in rooms) {
    const room = rooms[id];
    if (room) total += unread(room);
  }
  return total;
}
