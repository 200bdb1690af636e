import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../generated/frames.ts';
import { messages, room } from '../testing/samples.ts';
import { applied, nameOf, readUpTo, roomState } from './rooms.ts';

type Happened = EventFrame extends infer E
  ? E extends EventFrame
    ? Pick<E, 'type' | 'data'>
    : never
  : never;

function event(happened: Happened, change: Partial<EventFrame> = {}): EventFrame {
  const common = { id: 'e', room: 'a', seq: 6, n: 3, at: '', actor: 'anna', ...change };
  return { ...common, ...happened } as EventFrame;
}

/** The room after an event. */
function became(happened: Happened, change: Partial<EventFrame> = {}) {
  return applied(room('a'), event(happened, change), 'me');
}

describe('an event', () => {
  it('moves a room on, also when its type is of a later version', () => {
    const later = { type: 'reaction.added', data: {} } as unknown as Happened;
    expect(became(later)).toEqual({ room: room('a', { seq: 6 }) });
  });

  it('of a message makes it the last one, and is unread until it is read', () => {
    const [message] = messages(4, 4);
    if (!message) throw new Error('no message');
    const change = became({ type: 'message.created', data: message }, { n: 4 });
    expect(change).toEqual({ room: room('a', { seq: 6, n: 4, last_message: message }) });
    const own = { ...message, sender: { ...message.sender, id: 'me' } };
    expect(became({ type: 'message.created', data: own }, { n: 4 })).toMatchObject({ room: { read_n: 4 } });
  });

  it('of a person who comes or goes changes the number of members', () => {
    const user = { id: 'bob', username: 'bob', display_name: 'Bob', kind: 'person' } as const;
    const came = became({ type: 'member.joined', data: { role: 'member', user } });
    expect(came).toMatchObject({ room: { member_count: 3 } });
    const went = became({ type: 'member.left', data: { user_id: 'bob' } });
    expect(went).toMatchObject({ room: { member_count: 1 } });
  });

  it('of the own leave says whose will it was', () => {
    const left = { type: 'member.left', data: { user_id: 'me' } } as const;
    expect(became(left)).toEqual({ departed: 'removed' });
    expect(became(left, { actor: 'me' })).toEqual({ departed: 'left' });
    expect(became({ type: 'room.deleted', data: {} })).toEqual({ departed: 'deleted' });
  });

  it('of a role is of interest where it is the own one', () => {
    const role = (user_id: string) =>
      ({ type: 'member.role_changed', data: { user_id, role: 'admin' } }) as const;
    expect(became(role('me'))).toMatchObject({ room: { role: 'admin' } });
    expect(became(role('bob'))).toMatchObject({ room: { role: 'member' } });
  });

  it('of the description replaces it', () => {
    const data = { kind: 'channel', title: 'New', visibility: 'public' } as const;
    expect(became({ type: 'room.changed', data })).toMatchObject({ room: { ...data, topic: undefined } });
  });
});

describe('a room', () => {
  it('is nobody’s who is not in it', () => {
    const told = { ...room('a'), head: { seq: 5, n: 3 }, mentions: 0, unread: 0 };
    expect(roomState({ ...told, topic: null, peer: null, last_message: null, my: null })).toBeUndefined();
  });

  it('is read forward only', () => {
    const read = room('a', { read_n: 2 });
    expect(readUpTo(read, 3).read_n).toBe(3);
    expect(readUpTo(read, 1)).toBe(read);
  });

  it('of two is named after the other one', () => {
    const peer = { id: 'bob', username: 'bob', display_name: 'Bob', kind: 'person' } as const;
    expect(nameOf(room('a', { title: '', peer }))).toBe('Bob');
    expect(nameOf(room('a'))).toBe('a');
  });
});
