/**
 * What is in the outbox: as this tab knows it, as it is written down, and as the other tabs have it.
 *
 * Invariant: what this tab sends, only this tab changes, but for what failed, which any tab may send again or discard.
 */

import type { Tabs } from '../browser/tabs.ts';
import type { LiveStore } from '../live_store.ts';
import type { MessageId, Outgoing, OutgoingState, RoomId } from '../model.ts';
import type { SavedOutgoing, Storage } from '../storage/storage.ts';

export interface Entry extends SavedOutgoing {
  readonly state: OutgoingState;
  /** It was handed to the server once, and may be there. */
  readonly tried?: boolean;
  /** Where the server has put it. */
  readonly seq?: number;
}

/** Messages that are remembered as done: another tab erases its own within moments. */
const MOST_DONE = 1_000;

export class OutboxEntries {
  readonly #live: LiveStore;
  readonly #storage: Storage;
  readonly #tabs: Tabs;
  readonly #entries = new Map<MessageId, Entry>();
  /** Writings that are under way, by message. */
  readonly #writes = new Map<MessageId, Promise<void>>();
  /** What needs no place here any more; where it is still written down, that is about to end. */
  readonly #done = new Set<MessageId>();
  #nextOrder = 1;

  constructor(live: LiveStore, storage: Storage, tabs: Tabs) {
    this.#live = live;
    this.#storage = storage;
    this.#tabs = tabs;
  }

  get(id: MessageId): Entry | undefined {
    return this.#entries.get(id);
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  /** In the order of writing. */
  of(room: RoomId): Entry[] {
    return this.all()
      .filter((entry) => entry.room === room)
      .sort((a, b) => a.order - b.order);
  }

  isOwn(entry: Entry): boolean {
    return entry.tab === this.#tabs.name;
  }

  /** Whether it would not outlive the page yet. */
  isUnsaved(entry: Entry): boolean {
    return this.#writes.has(entry.id);
  }

  /** A message that was just written. */
  add(entry: Omit<Entry, 'tab' | 'order' | 'state' | 'failure'>): Promise<void> {
    const order = this.#nextOrder++;
    return this.save({ ...entry, tab: this.#tabs.name, order, state: 'queued', failure: undefined });
  }

  /** From now on this tab sends it. */
  async takeOver(entry: Entry): Promise<void> {
    await this.save({ ...entry, tab: this.#tabs.name });
  }

  set(entry: Entry): void {
    this.#entries.set(entry.id, entry);
    this.#show(entry.room);
  }

  /** Forgets it here. */
  drop(entry: Entry): void {
    this.done(entry.id);
    this.#entries.delete(entry.id);
    this.#show(entry.room);
  }

  /** It is not shown again, also if it is known later. */
  done(id: MessageId): void {
    this.#done.add(id);
    const [oldest] = this.#done;
    if (oldest && this.#done.size > MOST_DONE) this.#done.delete(oldest);
  }

  async save(entry: Entry): Promise<void> {
    this.set(entry);
    const { state: _state, seq: _seq, tried: _tried, ...saved } = entry;
    await this.#write(entry.id, () => this.#storage.putOutgoing(saved));
  }

  /** Forgets it everywhere. */
  async remove(entry: Entry): Promise<void> {
    this.drop(entry);
    await this.erase(entry);
  }

  /** It needs no room on the device any more. */
  async erase(entry: Entry): Promise<void> {
    await this.#write(entry.id, () => this.#storage.removeOutgoing(entry.id));
  }

  /** Waits until everything is written down. */
  async flush(): Promise<void> {
    await Promise.all(this.#writes.values());
  }

  /** From the last visit. */
  restore(saved: readonly SavedOutgoing[]): void {
    for (const entry of saved) this.#merge(entry);
  }

  /** Reads what other tabs have changed. */
  async reload(): Promise<void> {
    const saved = await this.#storage.loadOutbox();
    const there = new Set(saved.map(({ id }) => id));
    for (const entry of this.all()) {
      const others = !this.isOwn(entry) || (entry.state === 'failed' && !this.isUnsaved(entry));
      if (others && !there.has(entry.id)) this.drop(entry);
    }
    for (const entry of saved) if (!this.#done.has(entry.id)) this.#merge(entry);
  }

  #merge(saved: SavedOutgoing): void {
    this.#nextOrder = Math.max(this.#nextOrder, saved.order + 1);
    const known = this.#entries.get(saved.id);
    // Of what this tab sends, it knows more than is written down.
    if (saved.tab === this.#tabs.name || (known && this.isOwn(known) && known.state !== 'failed')) return;
    this.set({ ...saved, state: saved.failure ? 'failed' : 'queued' });
  }

  async #write(id: MessageId, work: () => Promise<void>): Promise<void> {
    const write = work();
    this.#writes.set(id, write);
    await write;
    if (this.#writes.get(id) === write) this.#writes.delete(id);
    this.#tabs.tell({ about: 'outbox' });
  }

  #show(room: RoomId): void {
    const entries = this.of(room).map(outgoing);
    this.#live.put('outbox', room, entries.length > 0 ? entries : undefined);
  }
}

/** An entry as others see it. */
export function outgoing({ id, room, body, reply_to, written_at, state, failure }: Entry): Outgoing {
  return { id, room, body, reply_to, written_at, state, failure };
}
