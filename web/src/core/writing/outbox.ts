/**
 * What was written and is not in its room yet.
 *
 * Invariants: a message is written down before it is sent, and stays there until the server has it or the person
 * discards it; it keeps its id through every repetition, so the server takes it once; of one room, one message of
 * this tab is under way at a time, so they arrive in the order of their writing.
 */
import { v7 } from 'uuid';
import type { Tabs } from '../browser/tabs.ts';
import type { ServerClock } from '../clock.ts';
import type { Connection } from '../connection.ts';
import type { LiveStore } from '../live_store.ts';
import type { Message, MessageId, Outgoing, RoomId } from '../model.ts';
import type { SavedOutgoing, Storage } from '../storage/storage.ts';
import { type Entry, OutboxEntries, outgoing } from './outbox_entries.ts';

/** Refusals that pass: the same message may succeed later. */
const PASSING = new Set(['unavailable', 'too_many_requests', 'internal']);
/** Milliseconds between attempts, at least and at most. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 20_000;
/** Refused so often, a message waits for the person. */
const MOST_ATTEMPTS = 10;

export class Outbox {
  readonly #live: LiveStore;
  readonly #tabs: Tabs;
  readonly #connection: Pick<Connection, 'ask' | 'online'>;
  readonly #clock: ServerClock;
  readonly #entries: OutboxEntries;
  /** Rooms whose messages are being sent; those that pause, with what ends the pause. */
  readonly #sending = new Map<RoomId, (() => void) | undefined>();
  /** Other tabs that are waited for. */
  readonly #watched = new Set<string>();
  #stopped = false;

  constructor(
    live: LiveStore,
    storage: Storage,
    tabs: Tabs,
    connection: Pick<Connection, 'ask' | 'online'>,
    clock: ServerClock,
  ) {
    this.#live = live;
    this.#tabs = tabs;
    this.#connection = connection;
    this.#clock = clock;
    this.#entries = new OutboxEntries(live, storage, tabs);
  }

  /** From the last visit, and from the other tabs. */
  restore(saved: readonly SavedOutgoing[]): void {
    this.#entries.restore(saved);
    this.#watch();
  }

  stop(): void {
    this.#stopped = true;
    this.#hurry();
  }

  /** Waits until everything is written down. */
  flush(): Promise<void> {
    return this.#entries.flush();
  }

  async send(room: RoomId, body: string, reply_to: MessageId | undefined): Promise<void> {
    const written_at = this.#clock.now();
    await this.#entries.add({ id: v7({ msecs: written_at }), room, body, reply_to, written_at });
    void this.#pump(room);
  }

  async retry(id: MessageId): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'failed') return;
    await this.#entries.takeOver({ ...entry, state: 'queued', failure: undefined });
    void this.#pump(entry.room);
  }

  /** What may have been sent can't be taken back, and what another tab is about to send neither. */
  async discard(id: MessageId): Promise<Outgoing | undefined> {
    const entry = this.#entries.get(id);
    if (!entry || entry.state === 'sending' || entry.state === 'sent') return undefined;
    if (entry.state === 'queued' && (entry.tried || !this.#entries.isOwn(entry))) return undefined;
    await this.#entries.remove(entry);
    return outgoing(entry);
  }

  /** A connection is there. */
  online(): void {
    this.#hurry();
    for (const room of new Set(this.#entries.all().map((entry) => entry.room))) void this.#pump(room);
  }

  /** A message is in its room. */
  arrived({ id, sender }: Message): void {
    if (sender.id !== this.#live.state.me.id) return;
    const entry = this.#entries.get(id);
    if (entry) void this.#entries.remove(entry);
    else this.#entries.done(id);
  }

  /** A room has reached `seq`: what was sent before that is in it, whether it is shown or not. */
  settled(room: RoomId, seq: number): void {
    for (const entry of this.#entries.of(room))
      if (entry.seq !== undefined && entry.seq <= seq) this.#entries.drop(entry);
  }

  /** A room is gone. What is in it will not be seen; what is not will be refused, and wait for the person. */
  gone(room: RoomId): void {
    for (const entry of this.#entries.of(room)) if (entry.state === 'sent') this.#entries.drop(entry);
  }

  /** The server lives another life: what it had may be lost, and what it still has it knows by the id. */
  reborn(): void {
    for (const { seq: _seq, ...entry } of this.#entries.all())
      if (entry.state === 'sent')
        void this.#entries.save({ ...entry, state: 'queued' }).then(() => this.#pump(entry.room));
  }

  /** Another tab has changed the outbox, or may have been killed before it could say so. */
  async changedElsewhere(): Promise<void> {
    await this.#entries.reload();
    this.#watch();
  }

  /** One message of the room after the other. */
  async #pump(room: RoomId): Promise<void> {
    if (this.#sending.has(room)) return;
    this.#sending.set(room, undefined);
    let attempts = 0;
    while (!this.#stopped && this.#connection.online) {
      const next = this.#entries
        .of(room)
        .find((entry) => entry.state === 'queued' && this.#entries.isOwn(entry));
      // It comes again when it is written down.
      if (!next || this.#entries.isUnsaved(next)) break;
      const pause = await this.#sendOnce(next, attempts);
      attempts = pause === undefined ? 0 : attempts + 1;
      if (pause !== undefined) await this.#pause(room, pause);
    }
    this.#sending.delete(room);
  }

  /** Returns how long to wait before the same message is tried again, if it is. */
  async #sendOnce(entry: Entry, attempts: number): Promise<number | undefined> {
    const sending: Entry = { ...entry, state: 'sending', tried: true };
    this.#entries.set(sending);
    const { id, room, body, reply_to } = entry;
    const answer = await this.#connection.ask({ t: 'send', id, room, body, ...(reply_to && { reply_to }) });
    // It may have arrived meanwhile.
    if (!this.#entries.get(id)) return undefined;
    if (answer?.t === 'ack') {
      await this.#acknowledged(sending, answer.seq);
      return undefined;
    }
    if (answer?.t !== 'error') {
      this.#entries.set({ ...sending, state: 'queued' });
      return undefined;
    }
    if (PASSING.has(answer.code) && attempts < MOST_ATTEMPTS) {
      this.#entries.set({ ...sending, state: 'queued' });
      return answer.retry_after_ms ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts);
    }
    const { code, detail } = answer;
    await this.#entries.save({ ...entry, state: 'failed', failure: { code, detail } });
    return undefined;
  }

  /** The server has it: it needs no room on the device, and is shown until its event is here. */
  async #acknowledged(entry: Entry, seq: number): Promise<void> {
    const reached = this.#live.state.rooms[entry.room]?.seq ?? seq;
    if (seq <= reached) this.#entries.drop(entry);
    else this.#entries.set({ ...entry, state: 'sent', seq });
    await this.#entries.erase(entry);
  }

  /** Takes over what other tabs leave behind when they are closed. */
  #watch(): void {
    const others = this.#entries.all().filter((entry) => !this.#entries.isOwn(entry));
    for (const tab of new Set(others.map((entry) => entry.tab))) {
      if (this.#stopped || this.#watched.has(tab)) continue;
      this.#watched.add(tab);
      void this.#tabs.whenGone(tab, () => this.#adopt(tab)).then(() => this.#watched.delete(tab));
    }
  }

  async #adopt(tab: string): Promise<void> {
    // What the tab has sent before it closed is not in the outbox any more.
    await this.#entries.reload();
    const left = this.#entries.all().filter((entry) => entry.tab === tab);
    await Promise.all(left.map((entry) => this.#entries.takeOver(entry)));
    for (const room of new Set(left.map((entry) => entry.room))) void this.#pump(room);
  }

  async #pause(room: RoomId, milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#sending.set(room, () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Ends all pauses. */
  #hurry(): void {
    for (const end of this.#sending.values()) end?.();
  }
}
