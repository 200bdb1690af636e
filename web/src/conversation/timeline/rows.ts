/** From what is known of a room to the rows of its timeline. Pure, and cheap for thousands of messages. */
import {
  type Count,
  type Message,
  type MessageId,
  type Outgoing,
  startsAtBeginning,
  type Timeline,
  type UserId,
} from '#/core/model.ts';

interface Place {
  /** The message's id, which it has from the moment it is written: the row stays when the server has it. */
  readonly key: MessageId;
  /** Names its author: a group begins here. */
  readonly head: boolean;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  /** Begins a local day. */
  readonly day: boolean;
  /** The first message that was not read when the room was opened. */
  readonly unread: boolean;
}

interface MessageRow extends Place {
  readonly message: Message;
  readonly outgoing?: never;
}

interface OutgoingRow extends Place {
  readonly outgoing: Outgoing;
  readonly message?: never;
}

export type Row = MessageRow | OutgoingRow;

/** Messages of one author within this time are one group. Milliseconds. */
const TOGETHER = 5 * 60_000;

/**
 * The rows, oldest first. Whether a message begins a day or a group depends on the one before it; so where older
 * messages exist, the window's first message is not shown but only tells this of the second. No row ever changes
 * when older messages come.
 *
 * @param line how far the room was read when it was opened; `undefined` shows no line
 * @param me who writes what is in the outbox
 */
export function rowsOf(
  timeline: Timeline,
  outbox: readonly Outgoing[],
  line: Count | undefined,
  me: UserId,
): readonly Row[] {
  const { messages } = timeline;
  const rows: Row[] = [];
  let before: Message | undefined;
  for (const message of messages) {
    if (before !== undefined || message.n === 1) rows.push(messageRow(message, before, line));
    before = message;
  }
  if (!timeline.at_end || (before === undefined && !startsAtBeginning(timeline))) return rows;
  let previous = before && placed(before);
  for (const outgoing of outbox) {
    if (isKnown(outgoing.id, messages)) continue;
    rows.push(outgoingRow(outgoing, previous, me));
    previous = { author: me, at: outgoing.written_at, day: localDay(outgoing.written_at), id: outgoing.id };
  }
  return rows;
}

/** Where a message's row is, as far as the window has it. */
export function indexOf(rows: readonly Row[], n: Count): number | undefined {
  const first = rows[0]?.message?.n;
  if (first === undefined) return undefined;
  return rows[n - first]?.message ? n - first : undefined;
}

interface Known {
  readonly before: Message | undefined;
  readonly row: MessageRow;
}

/** Rows by message, so that a message that did not change keeps its row. */
const known = new WeakMap<Message, Known>();

function messageRow(message: Message, before: Message | undefined, line: Count | undefined): MessageRow {
  const unread = line !== undefined && message.n === line + 1;
  const last = known.get(message);
  if (last && last.before === before && last.row.unread === unread) return last.row;
  const here = placed(message);
  const previous = before && placed(before);
  const day = previous === undefined || previous.day !== here.day;
  const row: MessageRow = {
    key: message.id,
    message,
    at: here.at,
    day,
    unread,
    head:
      day ||
      unread ||
      message.reply_to != null ||
      previous.author !== here.author ||
      here.at - previous.at >= TOGETHER,
  };
  known.set(message, { before, row });
  return row;
}

interface KnownOutgoing {
  readonly previous: MessageId | undefined;
  readonly row: OutgoingRow;
}

const knownOutgoing = new WeakMap<Outgoing, KnownOutgoing>();

function outgoingRow(outgoing: Outgoing, previous: Placed | undefined, me: UserId): OutgoingRow {
  const last = knownOutgoing.get(outgoing);
  if (last && last.previous === previous?.id) return last.row;
  const at = outgoing.written_at;
  const day = previous === undefined || previous.day !== localDay(at);
  const row: OutgoingRow = {
    key: outgoing.id,
    outgoing,
    at,
    day,
    unread: false,
    head:
      day ||
      outgoing.reply_to !== undefined ||
      previous.author !== me ||
      Math.abs(at - previous.at) >= TOGETHER,
  };
  knownOutgoing.set(outgoing, { previous: previous?.id, row });
  return row;
}

interface Placed {
  readonly id: MessageId;
  readonly author: string;
  readonly at: number;
  readonly day: number;
}

function placed(message: Message): Placed {
  const at = Date.parse(message.created_at);
  const author = message.source ? `${message.sender.id} ${message.source.kind}` : message.sender.id;
  return { id: message.id, author, at, day: localDay(at) };
}

/** One number per calendar day where the reader is. */
export function localDay(at: number): number {
  const date = new Date(at);
  return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}

/** What is on its way comes back among the last messages. */
function isKnown(id: MessageId, messages: readonly Message[]): boolean {
  for (let i = messages.length - 1; i >= 0 && i >= messages.length - 200; i--) {
    if (messages[i]?.id === id) return true;
  }
  return false;
}
