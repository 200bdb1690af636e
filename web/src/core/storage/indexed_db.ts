import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { Draft, Durability, MessageId, RoomId, User, UserId } from '../model.ts';
import type { RoomChanges, Saved, SavedOutgoing, SavedRoom, Storage } from './storage.ts';

/** The database's layout. A change makes a new version, and `upgrade` brings the old one there. */
const VERSION = 1;
const ABOUT = 'about';

interface About {
  readonly epoch: string;
  readonly me: User;
  readonly complete: boolean;
}

interface Schema extends DBSchema {
  about: { key: typeof ABOUT; value: About };
  rooms: { key: RoomId; value: SavedRoom };
  outbox: { key: MessageId; value: SavedOutgoing };
  drafts: { key: RoomId; value: Draft };
}

/** The stores of one person in the browser's database. Its calls fail where the browser refuses or has no room. */
export class IndexedDbStorage implements Storage {
  readonly durability: Durability = 'durable';
  readonly #name: string;
  readonly #database: IDBPDatabase<Schema>;

  private constructor(name: string, database: IDBPDatabase<Schema>) {
    this.#name = name;
    this.#database = database;
  }

  static async open(user: UserId): Promise<IndexedDbStorage> {
    const name = `chappe-${user}`;
    const database = await openDB<Schema>(name, VERSION, {
      upgrade(database) {
        database.createObjectStore('about');
        database.createObjectStore('rooms', { keyPath: 'room.id' });
        database.createObjectStore('outbox', { keyPath: 'id' });
        database.createObjectStore('drafts');
      },
      // A newer page wants to change the layout: this one gives way, and goes on in memory.
      blocking: (_from, _to, event) => (event.target as IDBDatabase).close(),
    });
    return new IndexedDbStorage(name, database);
  }

  onDurability(): void {
    // It never changes by itself.
  }

  async load(): Promise<Saved> {
    const transaction = this.#database.transaction(['about', 'rooms', 'outbox', 'drafts']);
    const drafts = transaction.objectStore('drafts');
    const [about, rooms, outbox, draftRooms, draftValues] = await Promise.all([
      transaction.objectStore('about').get(ABOUT),
      transaction.objectStore('rooms').getAll(),
      transaction.objectStore('outbox').getAll(),
      drafts.getAllKeys(),
      drafts.getAll(),
    ]);
    const pairs = draftRooms.flatMap((room, at) => {
      const draft = draftValues[at];
      return draft ? [[room, draft] as const] : [];
    });
    return {
      me: about?.me,
      epoch: about?.epoch,
      complete: about?.complete ?? false,
      rooms,
      outbox: outbox.sort((a, b) => a.order - b.order),
      drafts: new Map(pairs),
    };
  }

  /** One transaction: the tabs' writes do not mix. */
  async saveRooms({ epoch, me, complete, changed, gone }: RoomChanges): Promise<void> {
    const transaction = this.#database.transaction(['about', 'rooms'], 'readwrite');
    const about = transaction.objectStore('about');
    const rooms = transaction.objectStore('rooms');
    const before = await about.get(ABOUT);
    if (before?.epoch !== epoch) await rooms.clear();
    await about.put({ epoch, me, complete }, ABOUT);
    for (const saved of changed) {
      const known = await rooms.get(saved.room.id);
      if (!known || known.room.seq <= saved.room.seq) await rooms.put(saved);
    }
    for (const room of gone) await rooms.delete(room);
    await transaction.done;
  }

  async loadOutbox(): Promise<readonly SavedOutgoing[]> {
    const outbox = await this.#database.getAll('outbox');
    return outbox.sort((a, b) => a.order - b.order);
  }

  async putOutgoing(outgoing: SavedOutgoing): Promise<void> {
    await this.#database.put('outbox', outgoing);
  }

  async removeOutgoing(id: MessageId): Promise<void> {
    await this.#database.delete('outbox', id);
  }

  async loadDraft(room: RoomId): Promise<Draft | undefined> {
    return this.#database.get('drafts', room);
  }

  async saveDraft(room: RoomId, draft: Draft | undefined): Promise<void> {
    if (draft) await this.#database.put('drafts', draft, room);
    else await this.#database.delete('drafts', room);
  }

  async clear(): Promise<void> {
    this.close();
    await deleteDB(this.#name);
  }

  close(): void {
    this.#database.close();
  }
}
