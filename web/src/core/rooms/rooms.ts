/** How a room changes: pure. */
import type { EventFrame, Room } from '../generated/frames.ts';
import type { Departed, RoomState, UserId } from '../model.ts';

/** A room as REST or `room.added` tells of it. `undefined` where the person is no member. */
export function roomState(room: Room): RoomState | undefined {
  if (!room.my) return undefined;
  return {
    id: room.id,
    kind: room.kind,
    visibility: room.visibility,
    title: room.title,
    topic: room.topic ?? undefined,
    created_at: room.created_at,
    peer: room.peer ?? undefined,
    member_count: room.member_count,
    role: room.my.role,
    seq: room.head.seq,
    n: room.head.n,
    read_n: room.my.read_n,
    last_message: room.last_message ?? undefined,
  };
}

/** What an event makes of a room: the room after it, or that the person is no longer in it. */
export type Change = { readonly room: RoomState } | { readonly departed: Departed['why'] };

export function applied(room: RoomState, event: EventFrame, me: UserId): Change {
  const after: RoomState = { ...room, seq: event.seq, n: event.n };
  switch (event.type) {
    case 'message.created': {
      // Who writes has read what is above.
      const read_n = event.data.sender.id === me ? Math.max(room.read_n, event.n) : room.read_n;
      return { room: { ...after, read_n, last_message: event.data } };
    }
    case 'member.joined':
      return { room: { ...after, member_count: room.member_count + 1 } };
    case 'member.left':
      if (event.data.user_id === me) return { departed: event.actor === me ? 'left' : 'removed' };
      return { room: { ...after, member_count: room.member_count - 1 } };
    case 'member.role_changed':
      return { room: event.data.user_id === me ? { ...after, role: event.data.role } : after };
    case 'room.created':
    case 'room.changed': {
      const { title, topic, visibility, kind } = event.data;
      return { room: { ...after, title, topic: topic ?? undefined, visibility, kind } };
    }
    case 'room.deleted':
      return { departed: 'deleted' };
    default:
      // Of a later version of the protocol: the position goes on.
      return { room: after };
  }
}

/** Moves the read position forward. */
export function readUpTo(room: RoomState, n: number): RoomState {
  return n > room.read_n ? { ...room, read_n: n } : room;
}

/** A departed room's name for people. */
export function nameOf(room: RoomState): string {
  return room.title || room.peer?.display_name || '';
}
