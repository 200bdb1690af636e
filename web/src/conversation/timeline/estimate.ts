import type { Row } from './rows.ts';

/** Pixels: a line of text, and what stands around it. */
const LINE = 22;
const CHARACTER = 7.2;
const HEAD = 30;
const DAY = 40;
const UNREAD = 28;
const QUOTE = 24;
const FAILURE = 36;

/** Of a message whose text is shown in part until somebody wants all of it. */
const COLLAPSED = 22 * LINE;

/**
 * How high a row will be, before it was on the page. The nearer to the truth, the less the scrollbar moves;
 * positions are right either way.
 */
export function estimateRow(row: Row, width: number): number {
  const body = row.message?.body ?? row.outgoing?.body ?? '';
  const reply = row.message ? row.message.reply_to != null : row.outgoing.reply_to !== undefined;
  return (
    4 +
    Math.min(linesOf(body, width) * LINE, COLLAPSED + 40) +
    (row.head ? HEAD : 0) +
    (row.day ? DAY : 0) +
    (row.unread ? UNREAD : 0) +
    (reply ? QUOTE : 0) +
    (row.outgoing?.state === 'failed' ? FAILURE : 0)
  );
}

function linesOf(body: string, width: number): number {
  // Lines end with words: half a word of each is empty.
  const perLine = Math.max(12, Math.floor(width / CHARACTER) - 3);
  let lines = 0;
  for (const line of body.split('\n')) lines += Math.max(1, Math.ceil(line.length / perLine));
  return lines;
}

/** Whether a message is so long that only its beginning is shown at first. */
export function isLong(body: string): boolean {
  return body.length > 3_000 || linesOf(body, 640) > 40;
}
