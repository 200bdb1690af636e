import type { Virtualizer } from '@tanstack/react-virtual';
import type { Count } from '#/core/model.ts';
import type { Row } from './rows.ts';

/** What part of the rows is on the screen. */
export interface View {
  /** Rows: the first one of which a part is on the screen, and the last one of which enough is. */
  readonly first: number;
  readonly last: number;
  /** The messages of these rows; the last one was seen. */
  readonly top: Count | undefined;
  readonly seen: Count | undefined;
  readonly atEnd: boolean;
}

/** Of a row, so much must be visible for it to count as seen, or all of it. Pixels. */
const SEEN = 40;

/** Of the rows that the virtualizer was given last. */
export function viewOf(
  instance: Virtualizer<HTMLDivElement, HTMLDivElement>,
  rows: readonly Row[],
): Omit<View, 'atEnd'> {
  const offset = instance.scrollOffset ?? 0;
  const bottom = offset + (instance.scrollRect?.height ?? 0);
  const { range } = instance;
  if (!range || !instance.scrollElement) return NO_VIEW;
  let last = range.endIndex;
  while (last >= range.startIndex) {
    const item = instance.measurementsCache[last];
    if (item && Math.min(item.end, item.start + SEEN) <= bottom + 1) break;
    last -= 1;
  }
  return {
    first: range.startIndex,
    last,
    top: rows[range.startIndex]?.message?.n,
    seen: lastMessage(rows, last),
  };
}

/** The message at a row, or the one before what is on its way there. */
function lastMessage(rows: readonly Row[], index: number): Count | undefined {
  for (let i = index; i >= 0; i--) {
    const message = rows[i]?.message;
    if (message) return message.n;
  }
  return undefined;
}

/** Before anything was measured. */
export const NO_VIEW: View = { first: 0, last: -1, top: undefined, seen: undefined, atEnd: true };
