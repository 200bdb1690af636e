/** Things as tests need them, where what they say does not matter. */
import type { Message, RoomState } from '../model.ts';
import type { SavedOutgoing, SavedRoom } from '../storage/storage.ts';

export function room(id: string, change: Partial<RoomState> = {}): RoomState {
  return {
    id,
    kind: 'group',
    visibility: 'private',
    title: id,
    topic: undefined,
    created_at: '2026-03-01T08:00:00.000Z',
    peer: undefined,
    member_count: 2,
    role: 'member',
    seq: 5,
    n: 3,
    read_n: 1,
    last_message: undefined,
    ...change,
  };
}

export function savedRoom(id: string, change: Partial<RoomState> = {}, read_pending = false): SavedRoom {
  return { room: room(id, change), tail: [], read_pending };
}

export function savedOutgoing(id: string, change: Partial<SavedOutgoing> = {}): SavedOutgoing {
  return {
    id,
    room: 'r',
    body: `body of ${id}`,
    reply_to: undefined,
    written_at: 1,
    failure: undefined,
    tab: 'some tab',
    order: 1,
    ...change,
  };
}

/** The messages of a room from one `n` to another. */
export function messages(from: number, to: number): Message[] {
  const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, at) => from + at);
  return numbers.map((n) => ({
    id: `message ${n}`,
    room_id: 'r',
    seq: n,
    n,
    sender: { id: 'anna', username: 'anna', display_name: 'Anna', kind: 'person' },
    body: `${n}`,
    attachments: [],
    reactions: [],
    created_at: '2026-03-01T08:00:00.000Z',
  }));
}
