/**
 * The rooms of the person with all that belongs to them: the order of their events, their end, their windows. Who
 * changes any of it does it here, so that they never disagree.
 */
import type { EventFrame, Message, Room } from '../generated/frames.ts';
import type { LiveStore } from '../live_store.ts';
import type { Count, Departed, RoomId, RoomState, Seq, UserId } from '../model.ts';
import type { SavedRoom } from '../storage/storage.ts';
import { RoomLog, type Verdict } from './room_log.ts';
import { applied, nameOf, readUpTo, roomState } from './rooms.ts';
import { extended, extendTail, joined, TAIL, withNewer } from './timeline.ts';

export interface RoomsListener {
  /** The room changed, and has to be saved. */
  changed(room: RoomId): void;
  /** The room is gone. */
  gone(room: RoomId): void;
  /** The room is new, or jumped over events: what is shown of it may miss something. */
  learned(room: RoomId): void;
  /** A message is in its room: it needs no place in the outbox. */
  arrived(message: Message): void;
  /** Something of the members or the description changed. */
  reshaped(room: RoomId): void;
}

export class KnownRooms {
  readonly #live: LiveStore;
  readonly #me: UserId;
  readonly #listener: RoomsListener;
  readonly #logs = new Map<RoomId, RoomLog>();
  readonly #tails = new Map<RoomId, readonly Message[]>();
  /** How far rooms were read that are not known yet: the answer that is on its way may be older than that. */
  readonly #reads = new Map<RoomId, Count>();
  /** The last event of rooms that are gone: what was told of them before that is not true any more. */
  readonly #left = new Map<RoomId, Seq>();

  constructor(live: LiveStore, me: UserId, listener: RoomsListener) {
    this.#live = live;
    this.#me = me;
    this.#listener = listener;
  }

  get(room: RoomId): RoomState | undefined {
    return this.#live.state.rooms[room];
  }

  log(room: RoomId): RoomLog | undefined {
    return this.#logs.get(room);
  }

  tail(room: RoomId): readonly Message[] {
    return this.#tails.get(room) ?? [];
  }

  ids(): RoomId[] {
    return [...this.#logs.keys()];
  }

  /** Where the rooms stand; those that are being fetched stand nowhere. */
  positions(): Record<RoomId, Seq> {
    const known = [...this.#logs].filter(([, log]) => !log.fetching);
    return Object.fromEntries(known.map(([room, log]) => [room, log.seq]));
  }

  /**
   * The room will be fetched, and its events wait for that; false where it is under way already. `anew`: its position
   * is not one of the server's.
   */
  expect(room: RoomId, anew = false): boolean {
    const known = this.#logs.get(room);
    if (known?.fetching) return false;
    const log = known && !anew ? known : new RoomLog(0);
    log.fetch();
    this.#logs.set(room, log);
    return true;
  }

  /** The room has no more messages than these, so no more of them were read. */
  limitRead(id: RoomId, n: Count): void {
    const room = this.get(id);
    if (room && room.read_n > n) this.#live.put('rooms', id, { ...room, read_n: n });
  }

  isExpected(room: RoomId): boolean {
    return this.#logs.get(room)?.fetching ?? false;
  }

  /** Whether any room is being fetched. */
  get areExpected(): boolean {
    return [...this.#logs.values()].some((log) => log.fetching);
  }

  /** From the last visit. */
  restore(saved: readonly SavedRoom[]): void {
    const rooms: Record<RoomId, RoomState> = {};
    for (const { room, tail } of saved) {
      rooms[room.id] = room;
      this.#logs.set(room.id, new RoomLog(room.seq));
      this.#tails.set(room.id, tail);
    }
    this.#live.change({ rooms });
    for (const id of Object.keys(rooms)) this.#listener.learned(id);
  }

  /** Takes an event, and says what is missing before it. Events of other people's rooms are none of ours. */
  take(event: EventFrame): Verdict['missing'] {
    const log = this.#logs.get(event.room);
    if (!log) return this.#explain(event);
    const verdict = log.take(event);
    for (const next of verdict.apply) this.#apply(next);
    return verdict.missing;
  }

  /**
   * The room as the server has told it; events follow from its `head`. A room that is known and not expected follows
   * its events, and learns no more than how far it was read. `end` are its newest messages, oldest first, where they
   * were fetched as well. False where that was told before what is known already.
   */
  learn(told: Room, end?: readonly Message[]): boolean {
    const fresh = roomState(told);
    const log = this.#logs.get(told.id);
    const before = log ? (log.fetching ? log.seq : 0) : (this.#left.get(told.id) ?? -1) + 1;
    if (told.head.seq < before) return false;
    if (!fresh) {
      this.forget(told.id, 'removed');
      return true;
    }
    const known = this.get(told.id);
    if (known && log && !log.fetching) {
      this.#moveRead(known, fresh.read_n);
      return true;
    }

    const tail = (end ?? (fresh.last_message ? [fresh.last_message] : [])).filter(
      (message) => message.n <= fresh.n,
    );
    const kept = tail.at(-1)?.n === fresh.n ? tail : [];
    const read_n = Math.max(fresh.read_n, known?.read_n ?? 0, this.#reads.get(told.id) ?? 0);
    this.#reads.delete(told.id);
    this.#left.delete(told.id);
    this.#tails.set(told.id, kept);
    this.#live.put('departed', told.id, undefined);
    this.#live.put('rooms', told.id, { ...fresh, read_n, last_message: kept.at(-1) });
    for (const message of kept) this.#listener.arrived(message);
    this.#refreshWindow(told.id, fresh.n);

    const current = log ?? new RoomLog(fresh.seq);
    this.#logs.set(told.id, current);
    for (const event of current.fetched(fresh.seq)) this.#apply(event);
    if (!this.get(told.id)) return true;
    this.#listener.changed(told.id);
    this.#listener.reshaped(told.id);
    this.#listener.learned(told.id);
    return true;
  }

  /** The newest messages of a room that was learned without them, oldest first. */
  learnEnd(id: RoomId, end: readonly Message[]): void {
    const room = this.get(id);
    const messages = joined(end, this.tail(id))?.filter((message) => message.n <= (room?.n ?? 0));
    const last = messages?.at(-1);
    if (!room || !messages || last?.n !== room.n) return;
    this.#tails.set(id, messages.slice(-TAIL));
    this.#live.put('rooms', id, { ...room, last_message: last });
    this.#listener.changed(id);
  }

  moveRead(room: RoomId, n: Count): void {
    const known = this.get(room);
    if (known) this.#moveRead(known, n);
    else this.#reads.set(room, Math.max(n, this.#reads.get(room) ?? 0));
  }

  /** `at` is its last event. */
  forget(room: RoomId, why: Departed['why'], at = this.#logs.get(room)?.seq): void {
    const known = this.get(room);
    if (at !== undefined) this.#left.set(room, Math.max(at, this.#left.get(room) ?? 0));
    this.#logs.delete(room);
    this.#tails.delete(room);
    this.#reads.delete(room);
    if (known) this.#live.put('departed', room, { title: nameOf(known), why });
    for (const record of ['rooms', 'timelines', 'readers'] as const) this.#live.put(record, room, undefined);
    this.#listener.gone(room);
  }

  /** The server lives another life: nothing that is known of rooms is true any more. */
  forgetAll(): void {
    for (const room of this.ids()) this.#listener.gone(room);
    this.#logs.clear();
    this.#tails.clear();
    this.#left.clear();
    this.#reads.clear();
    this.#live.change({ rooms: {}, timelines: {}, readers: {}, departed: {} });
  }

  #apply(event: EventFrame): void {
    const room = this.get(event.room);
    if (!room) return;
    const change = applied(room, event, this.#me);
    if ('departed' in change) return this.forget(event.room, change.departed, event.seq);
    this.#live.put('rooms', event.room, change.room);
    if (event.type === 'message.created') this.#append(event.data);
    else this.#listener.reshaped(event.room);
    this.#listener.changed(event.room);
  }

  #append(message: Message): void {
    const room = message.room_id;
    this.#tails.set(room, extendTail(this.tail(room), message));
    const timeline = this.#live.state.timelines[room];
    if (timeline) this.#live.put('timelines', room, extended(timeline, message));
    this.#listener.arrived(message);
  }

  /** What is looked at stays; where the new end touches it, it goes on to the end. */
  #refreshWindow(room: RoomId, n: Count): void {
    const timeline = this.#live.state.timelines[room];
    if (timeline?.at_end) this.#live.put('timelines', room, withNewer(timeline, [], this.tail(room), n));
  }

  #moveRead(room: RoomState, n: Count): void {
    const moved = readUpTo(room, n);
    if (moved === room) return;
    this.#live.put('rooms', room.id, moved);
    this.#listener.changed(room.id);
  }

  /** The last event of a room may come behind the news that it is gone, and says why. */
  #explain(event: EventFrame): undefined {
    const departed = this.#live.state.departed[event.room];
    const deleted = event.type === 'room.deleted';
    if (!departed || !(deleted || (event.type === 'member.left' && event.data.user_id === this.#me))) return;
    this.#left.set(event.room, Math.max(event.seq, this.#left.get(event.room) ?? 0));
    if (deleted || event.actor === this.#me)
      this.#live.put('departed', event.room, { ...departed, why: deleted ? 'deleted' : 'left' });
  }
}
