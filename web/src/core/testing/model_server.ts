/**
 * A server in memory: what the protocol promises, and no more. Its rooms have dense `seq` and `n`, sends are known by
 * their id, and who is removed hears nothing more. Everything happens at once; delays are the network's.
 */
import type { EventFrame, Message, Personal, Role, Room, ServerFrame, UserRef } from '../generated/frames.ts';
import type { Count, MessageId, RoomId, Seq, User, UserId } from '../model.ts';
import { Refusal } from './refusal.ts';

interface ModelMember {
  readonly role: Role;
  read_n: Count;
  /** The position of `member.joined`. */
  readonly joined: Seq;
}

export interface ModelRoom {
  readonly id: RoomId;
  readonly title: string;
  readonly visibility: 'private' | 'public';
  readonly created_at: string;
  readonly members: Map<UserId, ModelMember>;
  readonly events: EventFrame[];
  readonly messages: Message[];
}

/** Where a connection is told what happens. */
export interface Subscriber {
  readonly user: UserId;
  happened(room: RoomId, event: EventFrame): void;
  told(frame: ServerFrame): void;
}

export class ModelServer {
  epoch = 'life-1';
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly people = new Map<UserId, User>();
  readonly rooms = new Map<RoomId, ModelRoom>();
  readonly subscribers = new Set<Subscriber>();
  /** All messages, also of rooms that are gone: an id is good for one message for ever. */
  readonly sent = new Map<MessageId, Message>();
  #ids = 0;
  #lives = 1;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Readable in failures: `room-…`, in the shape of a UUID. */
  id(): string {
    this.#ids += 1;
    return `00000000-0000-7000-8000-${String(this.#ids).padStart(12, '0')}`;
  }

  get time(): string {
    return new Date(this.now()).toISOString();
  }

  person(username: string): User {
    const user: User = {
      id: this.id(),
      username,
      display_name: username,
      kind: 'person',
      created_at: this.time,
    };
    this.people.set(user.id, user);
    return user;
  }

  open(title: string, owner: UserId, members: readonly UserId[] = []): ModelRoom {
    const room: ModelRoom = {
      id: this.id(),
      title,
      visibility: 'private',
      created_at: this.time,
      members: new Map(),
      events: [],
      messages: [],
    };
    this.rooms.set(room.id, room);
    const data = { kind: 'group', title, visibility: room.visibility } as const;
    this.#record(room, owner, { type: 'room.created', data });
    this.#admit(room, owner, owner, 'owner');
    for (const member of members) this.#admit(room, owner, member, 'member');
    return room;
  }

  add(room: ModelRoom, actor: UserId, user: UserId): void {
    if (!room.members.has(user)) this.#admit(room, actor, user, 'member');
  }

  remove(room: ModelRoom, actor: UserId, user: UserId): void {
    if (!room.members.delete(user)) return;
    this.#record(room, actor, { type: 'member.left', data: { user_id: user } }, user);
    this.tell(user, { type: 'room.removed', room: room.id });
  }

  delete(room: ModelRoom, actor: UserId): void {
    const everybody = [...room.members.keys()];
    this.#record(room, actor, { type: 'room.deleted', data: {} });
    room.members.clear();
    this.rooms.delete(room.id);
    for (const user of everybody) this.tell(user, { type: 'room.removed', room: room.id });
  }

  rename(room: ModelRoom, actor: UserId, title: string): void {
    Object.assign(room, { title });
    const data = { kind: 'group', title, visibility: room.visibility } as const;
    this.#record(room, actor, { type: 'room.changed', data });
  }

  send(
    user: UserId,
    id: MessageId,
    to: RoomId,
    body: string,
    reply_to?: MessageId | null,
  ): { message: Message; duplicate: boolean } {
    const known = this.sent.get(id);
    if (known) return { message: known, duplicate: true };
    const room = this.roomOf(user, to);
    const message: Message = {
      id,
      room_id: room.id,
      seq: room.events.length + 1,
      n: room.messages.length + 1,
      sender: this.#reference(user),
      body,
      ...(reply_to && { reply_to }),
      attachments: [],
      reactions: [],
      created_at: this.time,
    };
    room.messages.push(message);
    this.sent.set(id, message);
    const member = room.members.get(user);
    if (member) member.read_n = message.n;
    this.#record(room, user, { type: 'message.created', data: message });
    return { message, duplicate: false };
  }

  /** Moves forward only, and at most to the end. */
  markRead(user: UserId, of: RoomId, n: Count): void {
    const room = this.roomOf(user, of);
    const member = room.members.get(user);
    const read_n = Math.min(n, room.messages.length);
    if (!member || read_n <= member.read_n) return;
    member.read_n = read_n;
    this.tell(user, { type: 'read', room: room.id, read_n });
    for (const subscriber of this.subscribers)
      if (subscriber.user !== user && room.members.has(subscriber.user))
        subscriber.told({ t: 'receipt', room: room.id, user, read_n });
  }

  /** The database comes back from a backup: another life, in which the last events may not have happened. */
  restore(lost: number): void {
    this.#lives += 1;
    this.epoch = `life-${this.#lives}`;
    for (const room of this.rooms.values()) {
      // What made the room, and who is in it, is in the backup.
      let forgotten = 0;
      while (forgotten < lost && room.events.at(-1)?.type === 'message.created') {
        room.events.pop();
        this.sent.delete(room.messages.pop()?.id ?? '');
        forgotten += 1;
      }
      for (const member of room.members.values())
        member.read_n = Math.min(member.read_n, room.messages.length);
    }
  }

  /** The room, for somebody who is in it. */
  roomOf(user: UserId, id: RoomId): ModelRoom {
    const room = this.rooms.get(id);
    if (!room?.members.has(user)) throw new Refusal(404, 'not_found', 'there is no such room');
    return room;
  }

  roomsOf(user: UserId): ModelRoom[] {
    return [...this.rooms.values()].filter((room) => room.members.has(user));
  }

  /** The room as a person sees it; with its last message in lists only. */
  view(room: ModelRoom, user: UserId, inList = false): Room {
    const member = room.members.get(user);
    const last = room.messages.at(-1);
    return {
      id: room.id,
      kind: 'group',
      visibility: room.visibility,
      title: room.title,
      created_at: room.created_at,
      head: { seq: room.events.length, n: room.messages.length },
      member_count: room.members.size,
      mentions: 0,
      unread: member ? room.messages.length - member.read_n : 0,
      ...(member && { my: { role: member.role, read_n: member.read_n, muted: false } }),
      ...(inList && last && { last_message: last }),
    };
  }

  tell(user: UserId, personal: Personal): void {
    for (const subscriber of this.subscribers)
      if (subscriber.user === user) subscriber.told({ t: 'personal', ...personal });
  }

  #admit(room: ModelRoom, actor: UserId, user: UserId, role: Role): void {
    const joined = room.events.length + 1;
    room.members.set(user, { role, read_n: room.messages.length, joined });
    this.#record(room, actor, { type: 'member.joined', data: { role, user: this.#reference(user) } }, user);
    this.tell(user, { type: 'room.added', room: this.view(room, user) });
  }

  /** Adds an event. `moved` comes or goes with it: who comes is told of the room instead, who goes sees it last. */
  #record(room: ModelRoom, actor: UserId, happened: Happened, moved?: UserId): void {
    const event = {
      ...happened,
      id: this.id(),
      room: room.id,
      seq: room.events.length + 1,
      n: room.messages.length,
      at: this.time,
      actor,
    } as EventFrame;
    room.events.push(event);
    const goes = happened.type === 'member.left' ? moved : undefined;
    const comes = happened.type === 'member.joined' ? moved : undefined;
    for (const subscriber of this.subscribers) {
      const isIn = room.members.has(subscriber.user) && subscriber.user !== comes;
      if (isIn || subscriber.user === goes) subscriber.happened(room.id, event);
    }
  }

  #reference(user: UserId): UserRef {
    const person = this.people.get(user);
    if (!person) throw new Error(`nobody is ${user}`);
    const { id, username, display_name, kind } = person;
    return { id, username, display_name, kind };
  }
}

type Happened = EventFrame extends infer E
  ? E extends EventFrame
    ? Pick<E, 'type' | 'data'>
    : never
  : never;
