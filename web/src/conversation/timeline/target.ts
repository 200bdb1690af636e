import { useRef } from 'react';
import { type Count, type RoomState, startsAtBeginning, type Timeline } from '#/core/model.ts';

/** Where a window is shown first. */
export type Target =
  | { readonly kind: 'end' }
  /** `top`: with little above it; `middle`: with what surrounds it. */
  | {
      readonly kind: 'message';
      readonly n: Count;
      readonly place: 'top' | 'middle';
      readonly marked: boolean;
    };

export const END: Target = { kind: 'end' };

export function targetMessage(n: Count): Target {
  return { kind: 'message', n, place: 'middle', marked: true };
}

export function targetUnread(line: Count): Target {
  return { kind: 'message', n: line + 1, place: 'top', marked: false };
}

/** Whether a window can show a target. Its first message is no row where older ones exist. */
export function has(timeline: Timeline, target: Target): boolean {
  if (target.kind === 'end') return timeline.at_end;
  const first = timeline.messages[0]?.n ?? 1;
  const shown = startsAtBeginning(timeline) ? first : first + 1;
  return target.n >= shown && target.n < first + timeline.messages.length;
}

/** Where a room opens: at the first unread message, else at the end. */
export function entrance(room: RoomState, line: Count | undefined): Target {
  return line !== undefined && line < room.n ? targetUnread(line) : END;
}

/** The target of each window, chosen when it comes: what was asked for, else the entrance, else the end. */
export function useTarget(
  number: number,
  timeline: Timeline,
  wanted: readonly (Target | undefined)[],
): Target {
  const chosen = useRef<{ number: number; target: Target }>(undefined);
  if (chosen.current?.number !== number) {
    const target = wanted.find((one) => one !== undefined && has(timeline, one)) ?? END;
    chosen.current = { number, target };
  }
  return chosen.current.target;
}
