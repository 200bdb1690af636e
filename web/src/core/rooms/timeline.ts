/** Windows on a room's messages: pure. In every one the messages follow each other without a gap. */
import type { Count, Message, Timeline } from '../model.ts';

/** The end of a room that is kept for the next visit. */
export const TAIL = 50;
/** Messages of one window; beyond that its other end is given up. */
const MOST = 10_000;

const SETTLED = { loading: undefined, failure: undefined } as const;

/** The end of a room with one more message. A tail that does not reach up to it is not its end any more. */
export function extendTail(tail: readonly Message[], message: Message): readonly Message[] {
  const last = tail.at(-1);
  if (last && last.n >= message.n) return tail;
  if (last && last.n + 1 !== message.n) return [message];
  return [...tail.slice(-(TAIL - 1)), message];
}

/** The window of a room that was not looked at yet. `n` is the room's number of messages. */
export function fromTail(tail: readonly Message[], n: Count): Timeline {
  return { messages: tail, at_end: reaches(tail, n), ...SETTLED };
}

/** The window with a new message of the room. */
export function extended(timeline: Timeline, message: Message): Timeline {
  if (!timeline.at_end) return timeline;
  const last = timeline.messages.at(-1);
  if (last && last.n >= message.n) return timeline;
  // A window that has lost its connection to the end is no window on the end.
  if (last ? last.n + 1 !== message.n : message.n !== 1) return { ...timeline, at_end: false };
  const messages = timeline.messages.slice(timeline.messages.length >= MOST ? MOST / 10 : 0);
  messages.push(message);
  return { ...timeline, messages };
}

/** The window with a page of older messages, oldest first. */
export function withOlder(timeline: Timeline, page: readonly Message[]): Timeline {
  const first = timeline.messages[0];
  const older = first ? page.filter((message) => message.n < first.n) : page;
  const connected = !first || older.length === 0 || older.at(-1)?.n === first.n - 1;
  if (!connected) return { ...timeline, ...SETTLED };
  const messages = [...older, ...timeline.messages];
  const kept = messages.slice(0, MOST);
  return { messages: kept, at_end: timeline.at_end && kept.length === messages.length, ...SETTLED };
}

/** The window with a page of newer messages, oldest first. `tail` and `n` are the room's end as it is now. */
export function withNewer(
  timeline: Timeline,
  page: readonly Message[],
  tail: readonly Message[],
  n: Count,
): Timeline {
  const messages = joined(timeline.messages, page) ?? timeline.messages;
  const whole = joined(messages, tail) ?? messages;
  const kept = whole.slice(-MOST).filter((message) => message.n <= n);
  return { messages: kept, at_end: reaches(kept, n), ...SETTLED };
}

/** The window that a page makes, with the room's end where they touch. */
export function fromPage(page: readonly Message[], tail: readonly Message[], n: Count): Timeline {
  const messages = (joined(page, tail) ?? page).filter((message) => message.n <= n);
  return { messages, at_end: reaches(messages, n), ...SETTLED };
}

function reaches(messages: readonly Message[], n: Count): boolean {
  return (messages.at(-1)?.n ?? 0) === n;
}

/** `next` behind `messages`, `undefined` where there is a gap between the two. */
export function joined(
  messages: readonly Message[],
  next: readonly Message[],
): readonly Message[] | undefined {
  const last = messages.at(-1);
  const first = next[0];
  if (!last) return next;
  if (!first) return messages;
  if (first.n > last.n + 1) return undefined;
  return [...messages, ...next.filter((message) => message.n > last.n)];
}
