import { useEffect, useRef } from 'react';
import { useClient } from '#/app/client_context.tsx';
import type { Count, RoomState } from '#/core/model.ts';
import { useWatched } from './watched.ts';

/** Milliseconds that a message must be in view to count as read; also gathers what one scrolls by. */
const GLANCE = 250;

/** Marks the room as read up to the newest message that was in view while the person saw the page. */
export function useReadMark(room: RoomState, seen: Count | undefined): void {
  const client = useClient();
  const watched = useWatched();
  const newest = useRef(0);
  const { id, read_n } = room;
  const due = watched && seen !== undefined && seen > read_n;
  if (seen !== undefined) newest.current = seen;
  useEffect(() => {
    if (!due) return;
    // Not put off by every message that follows: a busy room is read too.
    const timer = setInterval(() => client.markRead(id, newest.current), GLANCE);
    return () => clearInterval(timer);
  }, [due, client, id]);
}
