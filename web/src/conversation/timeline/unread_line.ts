import { useCallback, useEffect, useState } from 'react';
import { useLive } from '#/app/client_context.tsx';
import { type Count, type RoomState, unread } from '#/core/model.ts';
import { useWatched } from './watched.ts';

/** Whether the first unread message is above the view and was not in it yet. */
export function useLineAbove(
  line: Count | undefined,
  top: Count | undefined,
  seen: Count | undefined,
): boolean {
  const [met, meet] = useState<Count>();
  const first = line === undefined ? undefined : line + 1;
  const here =
    first !== undefined && top !== undefined && seen !== undefined && top <= first && first <= seen;
  if (here && met !== first) meet(first);
  return first !== undefined && met !== first && top !== undefined && top > first;
}

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
