/**
 * Keeps the rooms equal to the server's: says what is known when a connection begins, takes what follows, and fetches
 * what would be too much to replay.
 *
 * Invariant: whatever is missing of a room is asked for until it is there, by replay, by fetching the room, or by the
 * next connection; a room that is being asked for is asked for once.
 */
import type { Api } from './api/api.ts';
import { ApiError } from './api/error.ts';
import type { Connection } from './connection.ts';
import type { EventFrame, Hello, Message, Ping, Room, ServerFrame, Welcome } from './generated/frames.ts';
import { getRoom, listRooms, readHistory } from './generated/rest/sdk.gen.ts';
import type { KnownRooms } from './known_rooms.ts';
import type { LiveStore } from './live_store.ts';
import type { RoomId } from './model.ts';
import type { ReadPositions } from './read_positions.ts';
import type { Saver } from './saver.ts';
import { TAIL } from './timeline.ts';

/** Rooms of one page of the list. */
const PAGE = 200;
/** Rooms that are fetched one by one; with more the list is quicker. */
const FEW = 8;
/** What a `hello` may have: with more rooms their read positions are learned from the list. */
const MOST_READS = 8_000;
/** Milliseconds after which events that a ping told of should be here. */
const HEAD_GRACE = 1_500;
/** Milliseconds before a room is asked for again. */
const AGAIN = 2_000;

export interface SyncParts {
  readonly api: Api;
  readonly connection: Connection;
  readonly live: LiveStore;
  readonly rooms: KnownRooms;
  readonly reads: ReadPositions;
  readonly saver: Saver;
  /** The connection is up and the server's rooms are known. */
  readonly online: () => void;
  /** A room was fetched anew: what is shown of it may miss something. */
  readonly refetched: (room: RoomId) => void;
}

export class Sync {
  readonly #parts: SyncParts;
  #epoch: string | undefined;
  readonly #replaying = new Set<RoomId>();
  readonly #late = new Set<ReturnType<typeof setTimeout>>();

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /** From the last visit. */
  restore(epoch: string): void {
    this.#epoch = epoch;
    this.#parts.saver.epoch = epoch;
  }

  stop(): void {
    for (const timer of this.#late) clearTimeout(timer);
    this.#late.clear();
  }

  /** What is known. A first visit fetches the rooms before it connects, and needs no replay then. */
  async hello(): Promise<Hello> {
    const { live, rooms } = this.#parts;
    if (!live.state.ready) {
      for (const room of await this.#list()) rooms.learn(room);
      live.change({ ready: true, failure: undefined });
    }
    const positions = rooms.positions();
    const hello: Hello = { rooms: positions };
    if (this.#epoch !== undefined) hello.epoch = this.#epoch;
    if (rooms.ids().length <= MOST_READS) hello.reads = this.#reads();
    return hello;
  }

  welcome(welcome: Welcome): void {
    const { live, rooms, reads, saver } = this.#parts;
    this.#replaying.clear();
    const anew = this.#epoch !== undefined && this.#epoch !== welcome.epoch;
    if (anew) {
      rooms.forgetAll();
      live.change({ ready: false });
    }
    this.#epoch = welcome.epoch;
    saver.epoch = welcome.epoch;
    for (const room of welcome.gone) rooms.forget(room, 'removed');

    const wanted: RoomId[] = [];
    for (const [room, told] of Object.entries(welcome.rooms)) {
      const log = rooms.log(room);
      rooms.moveRead(room, told.read_n);
      reads.confirmed(room, told.read_n);
      if (!log || told.resync || (log.seq !== told.seq && !told.replay)) wanted.push(room);
    }
    this.#fetch(wanted);
    if (wanted.length === 0) live.change({ ready: true });
    reads.tellAll();
    this.#parts.online();
  }

  frame(frame: ServerFrame): void {
    switch (frame.t) {
      case 'event':
        return this.#event(frame);
      case 'personal':
        return this.#personal(frame);
      case 'receipt':
        return this.#receipt(frame.room, frame.user, frame.read_n);
      case 'ping':
        return this.#heads(frame);
    }
  }

  #event(event: EventFrame): void {
    const missing = this.#parts.rooms.take(event);
    if (missing === 'replay') void this.#replay(event.room);
    if (missing === 'room') this.#fetch([event.room]);
    this.#own(event);
  }

  #own(event: EventFrame): void {
    const { live, reads } = this.#parts;
    if (event.type !== 'message.created') return;
    if (event.data.sender.id === live.state.me.id) reads.confirmed(event.room, event.n);
    // Who writes has read what is above.
    else this.#receipt(event.room, event.data.sender.id, event.n);
  }

  #personal(frame: Extract<ServerFrame, { t: 'personal' }>): void {
    const { rooms, reads } = this.#parts;
    switch (frame.type) {
      case 'room.added':
        this.#added(frame.room);
        return;
      case 'room.removed':
        rooms.forget(frame.room, 'removed');
        reads.forget(frame.room);
        return;
      case 'read':
        reads.confirmed(frame.room, frame.read_n);
        rooms.moveRead(frame.room, frame.read_n);
    }
  }

  /** Its events follow from the head that it was told with: what lies between that and ours would never come. */
  #added(room: Room): void {
    const { rooms, refetched } = this.#parts;
    const log = rooms.log(room.id);
    if (log && log.seq < room.head.seq) rooms.expect(room.id);
    rooms.learn(room);
    refetched(room.id);
  }

  #receipt(room: RoomId, user: string, read_n: number): void {
    const { live } = this.#parts;
    const known = live.state.readers[room];
    if (!known || (known[user] ?? 0) >= read_n) return;
    live.put('readers', room, { ...known, [user]: read_n });
  }

  /** A last event that got lost in a quiet room is noticed by the room's head. */
  #heads(ping: Ping): void {
    const { rooms } = this.#parts;
    const behind = Object.entries(ping.heads).filter(([room, seq]) => (rooms.log(room)?.seq ?? seq) < seq);
    if (behind.length === 0) return;
    this.#later(HEAD_GRACE, () => {
      for (const [room, seq] of behind) if ((rooms.log(room)?.seq ?? seq) < seq) void this.#replay(room);
    });
  }

  async #replay(room: RoomId): Promise<void> {
    const { connection, rooms } = this.#parts;
    const log = rooms.log(room);
    if (!log || this.#replaying.has(room)) return;
    this.#replaying.add(room);
    const answer = await connection.ask({ t: 'replay', room, after: log.seq });
    this.#replaying.delete(room);
    // The next connection says where we are.
    if (!answer || rooms.log(room) !== log) return;
    if (answer.t === 'error') {
      if (answer.code === 'unavailable')
        this.#later(answer.retry_after_ms ?? AGAIN, () => void this.#replay(room));
      else this.#fetch([room]);
    } else if (answer.t === 'replayed' && (answer.resync || log.seq < answer.to)) {
      this.#fetch([room]);
    }
  }

  #fetch(ids: readonly RoomId[]): void {
    const waiting = ids.filter((id) => this.#parts.rooms.expect(id));
    if (waiting.length > FEW) void this.#fetchAll();
    else for (const id of waiting) void this.#fetchOne(id);
  }

  async #fetchOne(id: RoomId): Promise<void> {
    const { api, rooms, refetched } = this.#parts;
    try {
      const room = await getRoom({ client: api, path: { room_id: id } });
      const page = await readHistory({ client: api, path: { room_id: id }, query: { limit: TAIL } });
      // It may have gone away meanwhile.
      if (!rooms.isExpected(id)) return;
      rooms.learn(room, page.items.toReversed() as Message[]);
      refetched(id);
    } catch (error) {
      if (error instanceof ApiError && !error.passing) rooms.forget(id, 'removed');
      else this.#later(AGAIN, () => void this.#fetchOne(id));
    }
    this.#settle();
  }

  /** All rooms by the list, which has their last messages. */
  async #fetchAll(): Promise<void> {
    const { rooms, refetched } = this.#parts;
    const expected = rooms.ids().filter((id) => rooms.isExpected(id));
    try {
      const list = new Map((await this.#list()).map((room) => [room.id, room]));
      for (const id of expected.filter((id) => rooms.isExpected(id))) {
        const room = list.get(id);
        if (!room) {
          rooms.forget(id, 'removed');
          continue;
        }
        rooms.learn(room);
        refetched(id);
      }
    } catch {
      this.#later(AGAIN, () => void this.#fetchAll());
    }
    this.#settle();
  }

  /** After a new life of the server the rooms are complete again when none is expected any more. */
  #settle(): void {
    const { live, rooms } = this.#parts;
    if (live.state.ready || rooms.ids().some((id) => rooms.isExpected(id))) return;
    live.change({ ready: true, failure: undefined });
  }

  async #list(): Promise<Room[]> {
    const rooms: Room[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor };
      const page = await listRooms({ client: this.#parts.api, query });
      rooms.push(...(page.items as Room[]));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return rooms;
  }

  #reads(): Record<RoomId, number> {
    const { rooms } = this.#parts;
    return Object.fromEntries(rooms.ids().map((id) => [id, rooms.get(id)?.read_n ?? 0]));
  }

  #later(milliseconds: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      work();
    }, milliseconds);
    this.#late.add(timer);
  }
}
