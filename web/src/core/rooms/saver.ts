/** Writes rooms down for the next visit: what changed, together, at most once a second. */

import type { LiveStore } from '../live_store.ts';
import type { RoomId } from '../model.ts';
import type { SavedRoom, Storage } from '../storage/storage.ts';
import type { KnownRooms } from './known_rooms.ts';

const EVERY = 1_000;

export class Saver {
  readonly #live: LiveStore;
  readonly #storage: Storage;
  readonly #rooms: KnownRooms;
  readonly #readPending: (room: RoomId) => boolean;
  readonly #changed = new Set<RoomId>();
  readonly #gone = new Set<RoomId>();
  #epoch: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Writes happen one after the other; what changes meanwhile goes with the next one. */
  #writing: Promise<void> = Promise.resolve();

  constructor(live: LiveStore, storage: Storage, rooms: KnownRooms, readPending: (room: RoomId) => boolean) {
    this.#live = live;
    this.#storage = storage;
    this.#rooms = rooms;
    this.#readPending = readPending;
  }

  /** The life of the database that all rooms belong to from now on. */
  set epoch(epoch: string) {
    this.#epoch = epoch;
    if (this.#changed.size + this.#gone.size > 0) this.#later();
  }

  changed(room: RoomId): void {
    this.#gone.delete(room);
    this.#changed.add(room);
    this.#later();
  }

  gone(room: RoomId): void {
    this.#changed.delete(room);
    this.#gone.add(room);
    this.#later();
  }

  /** Writes what waits. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #later(): void {
    this.#timer ??= setTimeout(() => void this.flush(), EVERY);
  }

  async #write(): Promise<void> {
    // Without the server's word there is nothing new to write but what it was told before.
    if (!this.#epoch || this.#changed.size + this.#gone.size === 0) return;
    const changed = [...this.#changed].flatMap((room) => this.#saved(room) ?? []);
    const gone = [...this.#gone];
    this.#changed.clear();
    this.#gone.clear();
    const { rooms, ready } = this.#live.state;
    const total = ready ? Object.keys(rooms).length : undefined;
    await this.#storage.saveRooms({ epoch: this.#epoch, total, changed, gone });
  }

  #saved(id: RoomId): SavedRoom | undefined {
    const room = this.#rooms.get(id);
    return room && { room, tail: this.#rooms.tail(id), read_pending: this.#readPending(id) };
  }
}
