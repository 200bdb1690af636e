import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from 'idb';
import type { Draft, Durability, MessageId, RoomId, UserId } from '../model.ts';
import {
  isComplete,
  merged,
  type RoomChanges,
  type Saved,
  type SavedOutgoing,
  type SavedRoom,
  type Storage,
} from './storage.ts';

/** The database's layout. A change makes a new version, and `upgrade` brings the old one there. */
const VERSION = 1;
const ABOUT = 'about';

interface About {
  readonly epoch: string;
  readonly complete: boolean;
}

/** How long the database serves. */
interface Life {
  durability: Durability;
  listener: ((durability: Durability) => void) | undefined;
}

interface Schema extends DBSchema {
  about: { key: typeof ABOUT; value: About };
  rooms: { key: RoomId; value: SavedRoom };
  outbox: { key: MessageId; value: SavedOutgoing };
  drafts: { key: RoomId; value: Draft };
}

/** The stores of one person in the browser's database. Its calls fail where the browser refuses or has no room. */
export class IndexedDbStorage implements Storage {
  readonly #name: string;
  readonly #database: IDBPDatabase<Schema>;
  readonly #life: Life;

  private constructor(name: string, database: IDBPDatabase<Schema>, life: Life) {
    this.#name = name;
    this.#database = database;
    this.#life = life;
  }

  static async open(user: UserId): Promise<IndexedDbStorage> {
    const name = `chappe-${user}`;
    const life: Life = { durability: 'durable', listener: undefined };
    const end = () => {
      life.durability = 'memory';
      life.listener?.('memory');
    };
    const database = await openDB<Schema>(name, VERSION, {
      upgrade(database) {
        database.createObjectStore('about');
        database.createObjectStore('rooms', { keyPath: 'room.id' });
        database.createObjectStore('outbox', { keyPath: 'id' });
        database.createObjectStore('drafts');
      },
      // Another page wants to change the layout, or to take everything off the device: this one gives way.
      blocking: (_from, _to, event) => {
        (event.target as IDBDatabase).close();
        end();
      },
      // The person or the browser has deleted it.
      terminated: end,
    });
    return new IndexedDbStorage(name, database, life);
  }

  get durability(): Durability {
    return this.#life.durability;
  }

  onDurability(listener: (durability: Durability) => void): void {
    this.#life.listener = listener;
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
      epoch: about?.epoch,
      complete: about?.complete ?? false,
      rooms,
      outbox: outbox.sort((a, b) => a.order - b.order),
      drafts: new Map(pairs),
    };
  }

  /** One transaction: the tabs' writes do not mix. */
  async saveRooms(changes: RoomChanges): Promise<void> {
    const { epoch, changed, gone } = changes;
    const transaction = this.#database.transaction(['about', 'rooms'], 'readwrite');
    // A step that fails takes the transaction with it; one of the two is enough to hear.
    const { done } = transaction;
    done.catch(() => undefined);
    const about = transaction.objectStore('about');
    const rooms = transaction.objectStore('rooms');
    const before = await about.get(ABOUT);
    if (before?.epoch !== epoch) await rooms.clear();
    for (const saved of changed) await rooms.put(merged(await rooms.get(saved.room.id), saved));
    for (const room of gone) await rooms.delete(room);
    await about.put({ epoch, complete: isComplete(await rooms.count(), changes) }, ABOUT);
    await done;
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
