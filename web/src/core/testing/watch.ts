/** Looks at everything that a tab publishes, and says what is wrong with it. */
import type { LiveState, RoomId, RoomState } from '../model.ts';
import type { Tab } from './device.ts';

export interface Watch {
  readonly wrong: string[];
  /** How often something was published. */
  published: number;
}

/** `steady`: the server lives one life, in which positions only move forward. */
export function watch(tab: Tab, steady: boolean): Watch {
  const watched: Watch = { wrong: [], published: 0 };
  tab.client.store.subscribe((now, before) => {
    watched.published += 1;
    const wrong = [...windows(now), ...doubles(now), ...(steady ? setbacks(now, before) : [])];
    watched.wrong.push(...wrong.map((what) => `${tab.name}: ${what}`));
  });
  return watched;
}

function* windows({ rooms, timelines }: LiveState): Generator<string> {
  for (const [id, timeline] of Object.entries(timelines)) {
    const room = rooms[id];
    if (!timeline) continue;
    if (!room) {
      yield `the window of ${id} is shown without its room`;
      continue;
    }
    const first = timeline.messages[0]?.n ?? 0;
    const dense = timeline.messages.every(({ n, room_id }, at) => n === first + at && room_id === id);
    if (!dense) yield `a gap in ${timeline.messages.map(({ n }) => n)}`;
    const last = timeline.messages.at(-1)?.n ?? 0;
    if (timeline.at_end && last !== room.n) yield `the end is ${last} of ${room.n}`;
    if (last > room.n) yield `${last} is shown of ${room.n}`;
    if (room.last_message && room.last_message.n !== room.n)
      yield `the last message is ${room.last_message.n} of ${room.n}`;
  }
}

function* doubles({ outbox, timelines }: LiveState): Generator<string> {
  for (const [room, outgoing] of Object.entries(outbox)) {
    const there = new Set(timelines[room]?.messages.map(({ id }) => id));
    for (const { id, body } of outgoing ?? []) if (there.has(id)) yield `"${body}" is shown twice`;
  }
}

function* setbacks(now: LiveState, before: LiveState): Generator<string> {
  for (const [id, room] of Object.entries(now.rooms)) {
    const earlier: RoomState | undefined = before.rooms[id as RoomId];
    if (!room || !earlier) continue;
    for (const position of ['seq', 'n', 'read_n'] as const)
      if (room[position] < earlier[position])
        yield `${position} goes back from ${earlier[position]} to ${room[position]}`;
  }
}
