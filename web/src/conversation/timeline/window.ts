import { useState } from 'react';
import type { Message, Timeline } from '#/core/model.ts';

/**
 * Numbers a timeline's windows: a window that has messages in common with the last one is the same one, moved or
 * grown; else the view begins anew.
 */
export function useWindowNumber(timeline: Timeline): number {
  const [last, setLast] = useState({ messages: timeline.messages, number: 1 });
  if (last.messages === timeline.messages) return last.number;
  const next = {
    messages: timeline.messages,
    number: continues(last.messages, timeline.messages) ? last.number : last.number + 1,
  };
  setLast(next);
  return next.number;
}

/** Whether the reader can stay where they are when one window takes the other's place. */
export function continues(before: readonly Message[], after: readonly Message[]): boolean {
  const first = after[0];
  const offset = first && before[0] ? first.n - before[0].n : undefined;
  if (offset === undefined) return before.length === after.length;
  // By id: after a restore from a backup, the same count may be another message.
  return offset >= 0 ? before[offset]?.id === first?.id : after[-offset]?.id === before[0]?.id;
}
