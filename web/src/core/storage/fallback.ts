/**
 * The browser's database as long as it serves, memory from then on.
 *
 * A database may be forbidden (private windows, settings), full, taken away by the person, or not answer at all.
 * Nothing that was typed may be lost by that while the page is open: everything is written to memory as well. Nor may
 * it be lost with the page: drafts are in a journal until the database has them.
 */
import type { Draft, Durability, MessageId, RoomId, UserId } from '../model.ts';
import { type DraftJournal, localDraftJournal } from './draft_journal.ts';
import { IndexedDbStorage } from './indexed_db.ts';
import { MemoryStorage } from './memory.ts';
import type { RoomChanges, Saved, SavedOutgoing, Storage } from './storage.ts';

/** Milliseconds that the database may take for one step. */
const PATIENCE = 4_000;

export class FallbackStorage implements Storage {
  readonly #memory = new MemoryStorage();
  readonly #journal: DraftJournal;
  /** Nothing from the moment on when memory has to serve. */
  #durable: Promise<Storage> | undefined;
  #listener: ((durability: Durability) => void) | undefined;

  /** Opens the database; what is asked before it is open waits for it. */
  constructor(user: UserId, open: (user: UserId) => Promise<Storage> = IndexedDbStorage.open) {
    this.#journal = localDraftJournal(user);
    this.#durable = Promise.resolve().then(() => open(user));
    withPatience(this.#durable).then(
      (durable) => durable.onDurability(() => this.#giveUp()),
      () => this.#giveUp(),
    );
  }

  get durability(): Durability {
    return this.#durable ? 'durable' : 'memory';
  }

  onDurability(listener: (durability: Durability) => void): void {
    this.#listener = listener;
  }

  async load(): Promise<Saved> {
    const answer = await this.#try((durable) => durable.load());
    await this.#rememberOutbox(answer?.value.outbox ?? []);
    for (const [room, draft] of answer?.value.drafts ?? []) await this.#memory.saveDraft(room, draft);
    for (const [room, draft] of this.#journal.read()) {
      await this.#memory.saveDraft(room, draft);
      void this.saveDraft(room, draft);
    }
    const remembered = await this.#memory.load();
    return answer ? { ...answer.value, drafts: remembered.drafts } : remembered;
  }

  async saveRooms(changes: RoomChanges): Promise<void> {
    await this.#try((durable) => durable.saveRooms(changes));
  }

  async loadOutbox(): Promise<readonly SavedOutgoing[]> {
    const answer = await this.#try((durable) => durable.loadOutbox());
    if (!answer) return this.#memory.loadOutbox();
    await this.#rememberOutbox(answer.value);
    return answer.value;
  }

  async putOutgoing(outgoing: SavedOutgoing): Promise<void> {
    await this.#memory.putOutgoing(outgoing);
    await this.#try((durable) => durable.putOutgoing(outgoing));
  }

  async removeOutgoing(id: MessageId): Promise<void> {
    await this.#memory.removeOutgoing(id);
    await this.#try((durable) => durable.removeOutgoing(id));
  }

  async loadDraft(room: RoomId): Promise<Draft | undefined> {
    const underWay = this.#journal.read();
    if (underWay.has(room)) return underWay.get(room);
    const answer = await this.#try((durable) => durable.loadDraft(room));
    if (!answer) return this.#memory.loadDraft(room);
    await this.#memory.saveDraft(room, answer.value);
    return answer.value;
  }

  async saveDraft(room: RoomId, draft: Draft | undefined): Promise<void> {
    this.#journal.put(room, draft);
    await this.#memory.saveDraft(room, draft);
    const saved = await this.#try((durable) => durable.saveDraft(room, draft));
    if (saved) this.#journal.settle(room, draft);
  }

  async clear(): Promise<void> {
    this.#journal.clear();
    await this.#memory.clear();
    await this.#try((durable) => durable.clear());
  }

  close(): void {
    void this.#durable?.then(
      (durable) => durable.close(),
      () => undefined,
    );
  }

  /** What is in the database stays known when it goes away. */
  async #rememberOutbox(outbox: readonly SavedOutgoing[]): Promise<void> {
    for (const outgoing of outbox) await this.#memory.putOutgoing(outgoing);
  }

  /** `undefined` where memory has to serve. */
  async #try<T>(step: (durable: Storage) => Promise<T>): Promise<{ readonly value: T } | undefined> {
    if (!this.#durable) return undefined;
    try {
      return { value: await withPatience(this.#durable.then(step)) };
    } catch {
      this.#giveUp();
      return undefined;
    }
  }

  #giveUp(): void {
    if (!this.#durable) return;
    // Also when it opens late: nobody needs it then, and it would be in the way of others.
    this.close();
    this.#durable = undefined;
    this.#listener?.('memory');
  }
}

function withPatience<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the database does not answer')), PATIENCE);
    work.then(resolve, reject).finally(() => clearTimeout(late));
  });
}
