import { type LiveState, type RoomId, unread } from '#/core/model.ts';
import { roomOrder } from './room_order.ts';

interface Wanted {
  /** Beginnings of words of the name, separated by blanks. */
  find: string;
  onlyUnread: boolean;
  /** A room that is shown even when it is read: the one that is open. */
  always: RoomId | undefined;
  /** How a direct room without its other person is called. */
  somebody: string;
}

/** The rooms that are wanted, the latest first. */
export function findRooms(rooms: LiveState['rooms'], wanted: Wanted): readonly RoomId[] {
  const order = roomOrder(rooms);
  const words = fold(wanted.find).split(' ').filter(Boolean);
  if (words.length === 0 && !wanted.onlyUnread) return order;
  return order.filter((id) => {
    const room = rooms[id];
    if (!room) return false;
    if (wanted.onlyUnread && unread(room) === 0 && id !== wanted.always) return false;
    const { peer } = room;
    const name =
      room.kind === 'direct'
        ? peer
          ? `${peer.display_name} ${peer.username}`
          : wanted.somebody
        : room.title;
    return matches(name, words);
  });
}

/** Whether each word begins a word of the name. */
export function matches(name: string, words: readonly string[]): boolean {
  const folded = ` ${fold(name)}`;
  return words.every((word) => folded.includes(` ${word}`));
}

/** Without capitals and accents, and with single blanks between words. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{S}]+/gu, ' ')
    .trim();
}
