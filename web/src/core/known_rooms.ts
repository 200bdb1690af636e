/**
 * The rooms of the person with all that belongs to them: the order of their events, their end, their windows. Who
 * changes any of it does it here, so that they never disagree.
 */
import type { EventFrame, Message, Room } from './generated/frames.ts';
import type { LiveStore } from './live_store.ts';
import type { Count, Departed, RoomId, RoomState, Seq, UserId } from './model.ts';
import { RoomLog, type Verdict } from './room_log.ts';
import { applied, nameOf, readUpTo, roomState } from './rooms.ts';
import type { SavedRoom } from './storage/storage.ts';
import { extended, extendTail, withNewer } from './timeline.ts';

export interface RoomsListener {
  /** The room changed, and has to be saved. */
  changed(room: RoomId): void;
  /** The room is gone. */
  gone(room: RoomId): void;
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

  /** The room will be fetched, and its events wait for that; false where it is under way already. */
  expect(room: RoomId): boolean {
    const log = this.#logs.get(room) ?? new RoomLog(0);
    if (log.fetching) return false;
    log.fetch();
    this.#logs.set(room, log);
    return true;
  }

  isExpected(room: RoomId): boolean {
    return this.#logs.get(room)?.fetching ?? false;
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
   * The room as the server has just told it; events follow from its `head`. A room that is known and not expected
   * follows its events, and learns no more than how far it was read. `end` are its newest messages, oldest first,
   * where they were fetched as well.
   */
  learn(told: Room, end?: readonly Message[]): void {
    const fresh = roomState(told);
    if (!fresh) return this.forget(told.id, 'removed');
    const log = this.#logs.get(told.id);
    const known = this.get(told.id);
    if (known && log && !log.fetching) return this.#moveRead(known, fresh.read_n);

    const tail = (end ?? (fresh.last_message ? [fresh.last_message] : [])).filter(
      (message) => message.n <= fresh.n,
    );
    const kept = tail.at(-1)?.n === fresh.n ? tail : [];
    const read_n = Math.max(fresh.read_n, known?.read_n ?? 0);
    this.#tails.set(told.id, kept);
    this.#live.put('departed', told.id, undefined);
    this.#live.put('rooms', told.id, { ...fresh, read_n, last_message: kept.at(-1) ?? fresh.last_message });
    for (const message of kept) this.#listener.arrived(message);
    this.#refreshWindow(told.id, fresh.n);
    this.#listener.changed(told.id);
    this.#listener.reshaped(told.id);

    const current = log ?? new RoomLog(fresh.seq);
    this.#logs.set(told.id, current);
    for (const event of current.fetched(fresh.seq)) this.#apply(event);
  }

  moveRead(room: RoomId, n: Count): void {
    const known = this.get(room);
    if (known) this.#moveRead(known, n);
  }

  forget(room: RoomId, why: Departed['why']): void {
    const known = this.get(room);
    this.#logs.delete(room);
    this.#tails.delete(room);
    if (!known) return;
    this.#live.put('departed', room, { title: nameOf(known), why });
    for (const record of ['rooms', 'timelines', 'readers'] as const) this.#live.put(record, room, undefined);
    this.#listener.gone(room);
  }

  /** The server lives another life: nothing that is known of rooms is true any more. */
  forgetAll(): void {
    for (const room of this.ids()) this.#listener.gone(room);
    this.#logs.clear();
    this.#tails.clear();
    this.#live.change({ rooms: {}, timelines: {}, readers: {}, departed: {} });
  }

  #apply(event: EventFrame): void {
    const room = this.get(event.room);
    if (!room) return;
    const change = applied(room, event, this.#me);
    if ('departed' in change) return this.forget(event.room, change.departed);
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
    if (!departed) return;
    const deleted = event.type === 'room.deleted';
    const left = event.type === 'member.left' && event.data.user_id === this.#me && event.actor === this.#me;
    if (deleted || left)
      this.#live.put('departed', event.room, { ...departed, why: deleted ? 'deleted' : 'left' });
  }
}
