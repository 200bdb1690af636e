import { useCallback, useEffect, useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { type Count, type RoomState, unread } from '#/core/model.ts';
import { useWatched } from './watched.ts';

/**
 * How far the room was read when it was opened: the line below it stays where it is while the person reads. Without
 * one, it appears below what was there when the person looked away or the connection was lost.
 */
export function useUnreadLine(room: RoomState): { line: Count | undefined; clear: () => void } {
  const [line, setLine] = useState(() => (unread(room) > 0 ? room.read_n : undefined));
  const watched = useWatched();
  const online = useLive((state) => state.connection.status === 'online');
  const { n, read_n } = room;
  useEffect(() => {
    if (!(watched && online) && n > read_n) setLine((current) => current ?? read_n);
  }, [watched, online, n, read_n]);
  return { line, clear: useCallback(() => setLine(undefined), []) };
}
