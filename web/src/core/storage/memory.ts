import type { Draft, MessageId, RoomId } from '../model.ts';
import {
  isComplete,
  merged,
  NOTHING_SAVED,
  type RoomChanges,
  type Saved,
  type SavedOutgoing,
  type SavedRoom,
  type Storage,
} from './storage.ts';

/** Keeps what must outlive a connection, but not the page. */
export class MemoryStorage implements Storage {
  readonly durability = 'memory';
  #about: Pick<Saved, 'epoch' | 'complete'> = NOTHING_SAVED;
  readonly #rooms = new Map<RoomId, SavedRoom>();
  readonly #outbox = new Map<MessageId, SavedOutgoing>();
  readonly #drafts = new Map<RoomId, Draft>();

  onDurability(): void {
    // It never changes.
  }

  async load(): Promise<Saved> {
    return {
      ...this.#about,
      rooms: [...this.#rooms.values()],
      outbox: await this.loadOutbox(),
      drafts: new Map(this.#drafts),
    };
  }

  async saveRooms(changes: RoomChanges): Promise<void> {
    const { epoch, changed, gone } = changes;
    if (this.#about.epoch !== epoch) this.#rooms.clear();
    for (const saved of changed) {
      const { id } = saved.room;
      this.#rooms.set(id, merged(this.#rooms.get(id), saved));
    }
    for (const room of gone) this.#rooms.delete(room);
    this.#about = { epoch, complete: isComplete(this.#rooms.size, changes) };
  }

  async loadOutbox(): Promise<readonly SavedOutgoing[]> {
    return [...this.#outbox.values()].sort((a, b) => a.order - b.order);
  }

  async putOutgoing(outgoing: SavedOutgoing): Promise<void> {
    this.#outbox.set(outgoing.id, outgoing);
  }

  async removeOutgoing(id: MessageId): Promise<void> {
    this.#outbox.delete(id);
  }

  async loadDraft(room: RoomId): Promise<Draft | undefined> {
    return this.#drafts.get(room);
  }

  async saveDraft(room: RoomId, draft: Draft | undefined): Promise<void> {
    if (draft) this.#drafts.set(room, draft);
    else this.#drafts.delete(room);
  }

  async clear(): Promise<void> {
    this.#about = NOTHING_SAVED;
    this.#rooms.clear();
    this.#outbox.clear();
    this.#drafts.clear();
  }

  close(): void {
    // Nothing is open.
  }
}
