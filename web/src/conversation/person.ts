import type { RoomState, UserRef } from '#/core/model.ts';
import { inOrder } from './markdown/bidi.ts';

/** What to call somebody; never empty. */
export function nameOf(person: Pick<UserRef, 'display_name' | 'username'>): string {
  return inOrder(person.display_name).trim() || person.username;
}

/** What to call a room: a direct one after the other person. */
export function titleOf(room: Pick<RoomState, 'title' | 'peer'>): string {
  return room.peer ? nameOf(room.peer) : inOrder(room.title);
}
