import type { LiveState, RoomId, RoomState } from '#/core/model.ts';

type Rooms = LiveState['rooms'];

const known = new WeakMap<Rooms, readonly RoomId[]>();

/** The rooms by their last activity, the latest first. Kept for as long as the rooms are the same. */
export function roomOrder(rooms: Rooms): readonly RoomId[] {
  let order = known.get(rooms);
  if (!order) {
    const list: RoomState[] = [];
    for (const room of Object.values(rooms)) if (room) list.push(room);
    order = list.sort(byActivity).map((room) => room.id);
    known.set(rooms, order);
  }
  return order;
}

function byActivity(a: RoomState, b: RoomState): number {
  const left = lastActivity(a);
  const right = lastActivity(b);
  // Timestamps have one form, so that their text is in the order of time.
  if (left !== right) return left < right ? 1 : -1;
  return a.id < b.id ? -1 : 1;
}

export function lastActivity(room: RoomState): string {
  return room.last_message?.created_at ?? room.created_at;
}

/**
 * The next wanted room after the one that is open, upwards or downwards. From nowhere the first step leads to the
 * first room or to the last one. `around`: goes on at the other end.
 */
export function nextRoom(
  order: readonly RoomId[],
  open: RoomId | undefined,
  by: 1 | -1,
  wanted: (id: RoomId) => boolean,
  around: boolean,
): RoomId | undefined {
  const found = open === undefined ? -1 : order.indexOf(open);
  const start = found === -1 && by === -1 ? order.length : found;
  for (let step = 1; step <= order.length; step++) {
    const index = start + by * step;
    if (!around && (index < 0 || index >= order.length)) return undefined;
    const id = order[(index + 2 * order.length) % order.length];
    if (id !== undefined && id !== open && wanted(id)) return id;
  }
  return undefined;
}
