import type { Virtualizer } from '@tanstack/react-virtual';
import { useCallback, useRef } from 'react';

type List = Virtualizer<HTMLDivElement, HTMLDivElement>;

/** What being at the end is judged by. */
interface Last {
  readonly reached: boolean;
  readonly complete: boolean;
  readonly offset: number;
  /** Where the browser has the view: what the list wants may still be on its way there. */
  readonly top: number;
  readonly total: number;
}

/**
 * Keeps a view that is at the end there, whatever grows or shrinks: messages, the composer, the keyboard of a phone,
 * the window. Only scrolling up leads away. Call it after every change; it tells whether the view is at the end.
 */
export function useKeptEnd(complete: boolean, near: number): (list: List) => boolean {
  const last = useRef<Last>({ reached: false, complete, offset: 0, top: 0, total: 0 });
  return useCallback(
    (list) => {
      if (!list.scrollElement) return true;
      const before = last.current;
      const offset = list.scrollOffset ?? 0;
      const { scrollTop: top } = list.scrollElement;
      const total = list.getTotalSize();
      // Where heights change, so do offsets, without anybody scrolling; and a scroll that is told of late, when the list
      // is further on already, is none upwards.
      const scrolledUp = total === before.total && offset < before.offset - 1 && top < before.top - 1;
      const kept = before.reached && before.complete && complete && !scrolledUp;
      const there = list.isAtEnd(near);
      last.current = { reached: there || kept, complete, offset, top, total };
      const most = Math.max(0, total - (list.scrollRect?.height ?? 0));
      if (kept && (!there || offset > most + 1)) list.scrollToEnd();
      return there || kept;
    },
    [complete, near],
  );
}
