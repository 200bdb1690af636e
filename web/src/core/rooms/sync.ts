/**
 * Keeps the rooms equal to the server's: says what is known when a connection begins, takes what follows, and fetches
 * what would be too much to replay.
 *
 * Invariant: whatever is missing of a room is asked for until it is there, by replay, by fetching the room, or by the
 * next connection; a room that is being asked for is asked for once.
 */
import type { Connection } from '../connection.ts';
import type { EventFrame, Hello, Ping, Room, ServerFrame, Welcome } from '../generated/frames.ts';
import type { LiveStore } from '../live_store.ts';
import type { Failure, RoomId } from '../model.ts';
import type { KnownRooms } from './known_rooms.ts';
import type { ReadPositions } from './read_positions.ts';
import type { RoomFetches } from './room_fetches.ts';
import type { Saver } from './saver.ts';

/** What a `hello` may have: with more rooms their read positions are learned from the list. */
const MOST_READS = 8_000;
/** Milliseconds after which events that a ping told of should be here. */
const HEAD_GRACE = 1_500;
/** Milliseconds before a room is asked for again. */
const AGAIN = 2_000;

export interface SyncParts {
  readonly connection: Connection;
  readonly live: LiveStore;
  readonly rooms: KnownRooms;
  readonly fetches: RoomFetches;
  readonly reads: ReadPositions;
  readonly saver: Saver;
  /** The server lives another life: what it has acknowledged may be lost. */
  readonly reborn: () => void;
  /** The connection is up and the server's rooms are known. */
  readonly online: () => void;
}

export class Sync {
  readonly #parts: SyncParts;
  #epoch: string | undefined;
  /** The read positions of the last `hello`. */
  #said: Record<RoomId, number> = {};
  /** Rooms that it did not name, as they were being fetched. */
  #unnamed: readonly RoomId[] = [];
  readonly #replaying = new Set<RoomId>();
  readonly #late = new Set<ReturnType<typeof setTimeout>>();
  #stopped = false;

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /** From the last visit. */
  restore(epoch: string): void {
    this.#epoch = epoch;
    this.#parts.saver.epoch = epoch;
  }

  stop(): void {
    this.#stopped = true;
    this.#parts.fetches.forgetAll();
    for (const timer of this.#late) clearTimeout(timer);
    this.#late.clear();
  }

  /** What is known. A first visit fetches the rooms before it connects, and needs no replay then. */
  async hello(): Promise<Hello> {
    const { live, rooms, fetches } = this.#parts;
    const epoch = this.#epoch;
    if (!live.state.ready) {
      const list = await fetches.list();
      // Another attempt may have been quicker, and know more, or the list be of a life that is over.
      if (!live.state.ready && this.#epoch === epoch) {
        for (const room of list) rooms.learn(room);
        live.change({ ready: true, failure: undefined });
      }
    }
    const hello: Hello = { rooms: rooms.positions() };
    if (this.#epoch !== undefined) hello.epoch = this.#epoch;
    this.#unnamed = rooms.ids().filter((id) => rooms.isExpected(id));
    this.#said = rooms.ids().length <= MOST_READS ? this.#reads() : {};
    return { ...hello, reads: this.#said };
  }

  welcome(welcome: Welcome): void {
    const { live, rooms, reads, saver } = this.#parts;
    this.#replaying.clear();
    if (this.#epoch !== undefined && this.#epoch !== welcome.epoch) this.#beginAnew();
    this.#epoch = welcome.epoch;
    saver.epoch = welcome.epoch;
    // The server tells of all rooms that were not named.
    const lost = this.#unnamed.filter((room) => !welcome.rooms[room]);
    for (const room of [...welcome.gone, ...lost]) rooms.forget(room, 'removed');
    // Of those that are not mentioned the server knows what was said.
    for (const [room, n] of Object.entries(this.#said)) if (!welcome.rooms[room]) reads.confirmed(room, n);
    for (const [room, { read_n }] of Object.entries(welcome.rooms)) {
      rooms.moveRead(room, read_n);
      reads.confirmed(room, read_n);
    }
    this.#catchUp(welcome);
    // What was read here goes to the server, whyever it does not know it.
    for (const [room, { read_n }] of Object.entries(welcome.rooms)) {
      const known = rooms.get(room)?.read_n ?? 0;
      if (known > read_n) reads.move(room, known);
    }
    if (!rooms.areExpected) live.change({ ready: true });
    reads.tellAll();
    this.#parts.online();
  }

  /** Why an attempt or a fetch failed: of interest as long as there is nothing to show. */
  failed({ code, detail }: Failure): void {
    const { live } = this.#parts;
    if (!live.state.ready) live.change({ failure: { code, detail } });
  }

  /** A fetch has ended. After a new life of the server the rooms are complete when none is expected any more. */
  settled(): void {
    const { live, rooms } = this.#parts;
    if (!live.state.ready && !rooms.areExpected) live.change({ ready: true, failure: undefined });
    for (const room of rooms.ids()) this.#mend(room);
  }

  #beginAnew(): void {
    const { live, rooms, reads, fetches, reborn } = this.#parts;
    reborn();
    fetches.forgetAll();
    reads.forgetAll();
    rooms.forgetAll();
    live.change({ ready: false });
  }

  #catchUp(welcome: Welcome): void {
    const { rooms, fetches } = this.#parts;
    const missing: RoomId[] = [];
    const wrong: RoomId[] = [];
    for (const [room, { seq, n, replay, resync }] of Object.entries(welcome.rooms)) {
      const known = rooms.log(room)?.seq;
      if (resync) {
        wrong.push(room);
        rooms.limitRead(room, n);
      } else if (known === undefined || (known !== seq && !replay)) missing.push(room);
    }
    fetches.fetch(wrong, true);
    fetches.fetch(missing);
    // Live events begin behind these, whatever an answer that is still under way will say.
    for (const [room, { seq }] of Object.entries(welcome.rooms)) rooms.log(room)?.heard(seq);
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
    const { rooms, fetches } = this.#parts;
    const missing = rooms.take(event);
    if (missing === 'replay') void this.#replay(event.room);
    if (missing === 'room') fetches.fetch([event.room]);
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
        return;
      case 'read':
        reads.confirmed(frame.room, frame.read_n);
        rooms.moveRead(frame.room, frame.read_n);
    }
  }

  /** Its events follow from the head that it was told with: what lies between that and ours would never come. */
  #added(room: Room): void {
    const { rooms } = this.#parts;
    const log = rooms.log(room.id);
    if (log && log.seq < room.head.seq) rooms.expect(room.id);
    rooms.learn(room);
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
    for (const [room, seq] of Object.entries(ping.heads)) {
      rooms.log(room)?.heard(seq);
      if (rooms.log(room)?.behind) this.#later(HEAD_GRACE, () => this.#mend(room));
    }
  }

  /** Asks for what is known to be missing. */
  #mend(room: RoomId): void {
    if (this.#parts.rooms.log(room)?.behind) void this.#replay(room);
  }

  async #replay(room: RoomId): Promise<void> {
    const { connection, rooms, fetches } = this.#parts;
    const log = rooms.log(room);
    if (!log || log.fetching || this.#replaying.has(room)) return;
    this.#replaying.add(room);
    const answer = await connection.ask({ t: 'replay', room, after: log.seq });
    this.#replaying.delete(room);
    // The next connection says where we are.
    if (!answer || rooms.log(room) !== log) return;
    if (answer.t === 'error' && answer.code === 'unavailable') {
      this.#later(answer.retry_after_ms ?? AGAIN, () => this.#mend(room));
    } else if (answer.t === 'error') {
      // It is not there, or has no such position.
      fetches.fetch([room], true);
    } else if (answer.t === 'replayed') {
      if (answer.resync || log.seq < answer.to) return fetches.fetch([room]);
      log.replayed(answer.to);
      if (log.behind) this.#later(AGAIN, () => this.#mend(room));
    }
  }

  #reads(): Record<RoomId, number> {
    const { rooms } = this.#parts;
    return Object.fromEntries(rooms.ids().map((id) => [id, rooms.get(id)?.read_n ?? 0]));
  }

  #later(milliseconds: number, work: () => void): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#late.delete(timer);
      work();
    }, milliseconds);
    this.#late.add(timer);
  }
}
