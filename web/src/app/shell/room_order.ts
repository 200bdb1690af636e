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
