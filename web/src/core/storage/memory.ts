import type { Draft, MessageId, RoomId } from '../model.ts';
import {
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
  #about: Pick<Saved, 'me' | 'epoch' | 'complete'> = NOTHING_SAVED;
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

  async saveRooms({ epoch, me, complete, changed, gone }: RoomChanges): Promise<void> {
    if (this.#about.epoch !== epoch) this.#rooms.clear();
    this.#about = { epoch, me, complete };
    for (const saved of changed) {
      const before = this.#rooms.get(saved.room.id);
      if (!before || before.room.seq <= saved.room.seq) this.#rooms.set(saved.room.id, saved);
    }
    for (const room of gone) this.#rooms.delete(room);
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
