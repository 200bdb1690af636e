/**
 * What was written and is not in its room yet.
 *
 * Invariants: a message is written down before it is sent, and stays there until the server has it or the person
 * discards it; it keeps its id through every repetition, so the server takes it once; of one room, one message of
 * this tab is under way at a time, so they arrive in the order of their writing.
 */
import { v7 } from 'uuid';
import type { ServerClock } from './clock.ts';
import type { Connection } from './connection.ts';
import type { LiveStore } from './live_store.ts';
import type { Failure, Message, MessageId, Outgoing, OutgoingState, RoomId } from './model.ts';
import type { SavedOutgoing, Storage } from './storage/storage.ts';
import type { Tabs } from './tabs.ts';

/** Refusals that pass: the same message may succeed later. */
const PASSING = new Set(['unavailable', 'too_many_requests', 'internal', 'deadline_exceeded']);
/** Milliseconds between attempts, at least and at most. */
const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 20_000;
/** Refused so often, a message waits for the person. */
const MOST_ATTEMPTS = 10;

interface Entry extends SavedOutgoing {
  readonly state: OutgoingState;
  /** Where the server has put it. */
  readonly seq?: number;
}

export class Outbox {
  readonly #live: LiveStore;
  readonly #storage: Storage;
  readonly #tabs: Tabs;
  readonly #connection: Connection;
  readonly #clock: ServerClock;
  readonly #entries = new Map<MessageId, Entry>();
  /** Rooms whose messages are being sent. */
  readonly #sending = new Set<RoomId>();
  /** Messages that are being written down. */
  readonly #unsaved = new Set<MessageId>();
  #nextOrder = 1;
  #stopped = false;

  constructor(live: LiveStore, storage: Storage, tabs: Tabs, connection: Connection, clock: ServerClock) {
    this.#live = live;
    this.#storage = storage;
    this.#tabs = tabs;
    this.#connection = connection;
    this.#clock = clock;
  }

  /** From the last visit, and from the other tabs. */
  async restore(saved: readonly SavedOutgoing[]): Promise<void> {
    this.#merge(saved);
    await this.#adopt();
  }

  stop(): void {
    this.#stopped = true;
  }

  async send(room: RoomId, body: string, reply_to: MessageId | undefined): Promise<void> {
    const written_at = this.#clock.now();
    const entry: Entry = {
      id: v7({ msecs: written_at }),
      room,
      body,
      reply_to,
      written_at,
      failure: undefined,
      tab: this.#tabs.name,
      order: this.#nextOrder++,
      state: 'queued',
    };
    this.#unsaved.add(entry.id);
    this.#set(entry);
    await this.#save(entry);
    this.#unsaved.delete(entry.id);
    void this.#pump(room);
  }

  async retry(id: MessageId): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry?.state !== 'failed') return;
    const again: Entry = { ...entry, state: 'queued', failure: undefined, tab: this.#tabs.name };
    this.#set(again);
    await this.#save(again);
    void this.#pump(entry.room);
  }

  /** A message that may have been sent can't be taken back. */
  async discard(id: MessageId): Promise<Outgoing | undefined> {
    const entry = this.#entries.get(id);
    if (!entry || entry.state === 'sending' || entry.state === 'sent') return undefined;
    await this.#remove(entry);
    return outgoing(entry);
  }

  /** A connection is there. */
  async online(): Promise<void> {
    await this.#adopt();
    for (const room of new Set([...this.#entries.values()].map((entry) => entry.room))) void this.#pump(room);
  }

  /** A message is in its room. */
  arrived(message: Message): void {
    const entry = this.#entries.get(message.id);
    if (entry) void this.#remove(entry);
  }

  /** A room has reached `seq`: what was sent before that is in it, whether it is shown or not. */
  settled(room: RoomId, seq: number): void {
    for (const entry of this.#of(room)) if (entry.seq !== undefined && entry.seq <= seq) this.#drop(entry);
  }

  /** Another tab has changed the outbox. */
  async changedElsewhere(): Promise<void> {
    const saved = await this.#storage.loadOutbox();
    const there = new Set(saved.map((entry) => entry.id));
    for (const entry of this.#entries.values()) {
      if (entry.tab !== this.#tabs.name && !there.has(entry.id)) this.#drop(entry);
    }
    this.#merge(saved);
  }

  /** One message of the room after the other. */
  async #pump(room: RoomId): Promise<void> {
    if (this.#sending.has(room)) return;
    this.#sending.add(room);
    let attempts = 0;
    while (!this.#stopped && this.#connection.online) {
      const next = this.#of(room).find((entry) => entry.state === 'queued' && this.#isOwn(entry));
      if (!next || this.#unsaved.has(next.id)) break;
      const pause = await this.#sendOnce(next, attempts);
      attempts = pause === undefined ? 0 : attempts + 1;
      if (pause !== undefined) await sleep(pause);
    }
    this.#sending.delete(room);
  }

  /** Returns how long to wait before the same message is tried again, if it is. */
  async #sendOnce(entry: Entry, attempts: number): Promise<number | undefined> {
    this.#set({ ...entry, state: 'sending' });
    const { id, room, body, reply_to } = entry;
    const answer = await this.#connection.ask({ t: 'send', id, room, body, ...(reply_to && { reply_to }) });
    // It may have arrived meanwhile.
    if (!this.#entries.has(id)) return undefined;
    if (answer?.t === 'ack') {
      await this.#acknowledged(entry, answer.seq);
      return undefined;
    }
    if (answer?.t !== 'error') {
      this.#set({ ...entry, state: 'queued' });
      return undefined;
    }
    if (PASSING.has(answer.code) && attempts < MOST_ATTEMPTS) {
      this.#set({ ...entry, state: 'queued' });
      return answer.retry_after_ms ?? Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempts);
    }
    await this.#fail(entry, { code: answer.code, detail: answer.detail });
    return undefined;
  }

  /** The server has it: it needs no room on the device, and is shown until its event is here. */
  async #acknowledged(entry: Entry, seq: number): Promise<void> {
    const reached = this.#live.state.rooms[entry.room]?.seq ?? seq;
    if (seq <= reached) this.#drop(entry);
    else this.#set({ ...entry, state: 'sent', seq });
    await this.#storage.removeOutgoing(entry.id);
    this.#tabs.tell({ about: 'outbox' });
  }

  async #fail(entry: Entry, failure: Failure): Promise<void> {
    const failed: Entry = { ...entry, state: 'failed', failure };
    this.#set(failed);
    await this.#save(failed);
  }

  /** Takes over what a closed tab has left. */
  async #adopt(): Promise<void> {
    const others = new Set([...this.#entries.values()].map((entry) => entry.tab));
    others.delete(this.#tabs.name);
    for (const tab of others) {
      await this.#tabs.whenGone(tab, async () => {
        // What the tab has sent before it closed is not in the outbox any more.
        await this.changedElsewhere();
        for (const entry of [...this.#entries.values()].filter((entry) => entry.tab === tab)) {
          const own: Entry = { ...entry, tab: this.#tabs.name };
          this.#set(own);
          await this.#save(own);
        }
      });
    }
  }

  #merge(saved: readonly SavedOutgoing[]): void {
    for (const entry of saved) {
      this.#nextOrder = Math.max(this.#nextOrder, entry.order + 1);
      const own = this.#entries.get(entry.id);
      if (own && this.#isOwn(own)) continue;
      this.#set({ ...entry, state: entry.failure ? 'failed' : 'queued' });
    }
  }

  #isOwn(entry: Entry): boolean {
    return entry.tab === this.#tabs.name;
  }

  #of(room: RoomId): Entry[] {
    const entries = [...this.#entries.values()].filter((entry) => entry.room === room);
    return entries.sort((a, b) => a.order - b.order);
  }

  #set(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    this.#show(entry.room);
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.id);
    this.#show(entry.room);
  }

  async #remove(entry: Entry): Promise<void> {
    this.#drop(entry);
    await this.#storage.removeOutgoing(entry.id);
    this.#tabs.tell({ about: 'outbox' });
  }

  async #save(entry: Entry): Promise<void> {
    const { state: _state, seq: _seq, ...saved } = entry;
    await this.#storage.putOutgoing(saved);
    this.#tabs.tell({ about: 'outbox' });
  }

  #show(room: RoomId): void {
    const entries = this.#of(room).map(outgoing);
    this.#live.put('outbox', room, entries.length > 0 ? entries : undefined);
  }
}

function outgoing({ id, room, body, reply_to, written_at, state, failure }: Entry): Outgoing {
  return { id, room, body, reply_to, written_at, state, failure };
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
