import { describe, expect, it } from 'vitest';
import { savedOutgoing, savedRoom } from '../testing/samples.ts';
import { virtualTime } from '../testing/world.ts';
import { FallbackStorage } from './fallback.ts';
import { MemoryStorage } from './memory.ts';
import type { Storage } from './storage.ts';

const DRAFT = { text: 'hello', reply_to: undefined };

/** A database whose calls may fail from some time on. */
class Unreliable extends MemoryStorage {
  broken: 'no' | 'full' | 'hanging' = 'no';
  closed = false;

  override putOutgoing(...call: Parameters<Storage['putOutgoing']>): Promise<void> {
    return this.#step(() => super.putOutgoing(...call));
  }

  override saveDraft(...call: Parameters<Storage['saveDraft']>): Promise<void> {
    return this.#step(() => super.saveDraft(...call));
  }

  override saveRooms(...call: Parameters<Storage['saveRooms']>): Promise<void> {
    return this.#step(() => super.saveRooms(...call));
  }

  override close(): void {
    this.closed = true;
  }

  #step(work: () => Promise<void>): Promise<void> {
    if (this.broken === 'hanging') return new Promise(() => {});
    if (this.broken === 'full') return Promise.reject(new DOMException('full', 'QuotaExceededError'));
    return work();
  }
}

async function opened() {
  const time = virtualTime();
  const database = new Unreliable();
  const storage = new FallbackStorage('me', async () => database);
  const told: string[] = [];
  storage.onDurability((durability) => told.push(durability));
  return { time, database, storage, told };
}

/** Everything that was typed is there. */
async function expectTyped(storage: Storage): Promise<void> {
  expect((await storage.loadOutbox()).map(({ id }) => id)).toEqual(['before', 'after']);
  expect(await storage.loadDraft('a')).toEqual(DRAFT);
  expect(await storage.load()).toMatchObject({ drafts: new Map([['a', DRAFT]]) });
}

describe('a storage', () => {
  it('is durable as long as the database serves', async () => {
    const { storage, database } = await opened();
    await storage.putOutgoing(savedOutgoing('a'));
    expect(storage.durability).toBe('durable');
    expect(await database.loadOutbox()).toHaveLength(1);
  });

  it('is memory where the browser forbids the database', async () => {
    for (const open of [
      () => Promise.reject(new DOMException('no', 'SecurityError')),
      () => {
        throw new TypeError('indexedDB is undefined');
      },
    ]) {
      const storage = new FallbackStorage('me', open);
      await storage.saveDraft('a', DRAFT);
      expect(storage.durability).toBe('memory');
      expect(await storage.loadDraft('a')).toEqual(DRAFT);
    }
  });

  it('is memory where the database does not open, and lets go of it when it does at last', async () => {
    const time = virtualTime();
    const late = new Unreliable();
    const storage = new FallbackStorage('me', async () => {
      await new Promise((resolve) => setTimeout(resolve, 60_000));
      return late;
    });
    await time.advance(4_000);
    expect(storage.durability).toBe('memory');
    await time.advance(60_000);
    expect(late.closed).toBe(true);
  });

  it('loses nothing that was typed when the database is full in the middle', async () => {
    const { storage, database, told } = await opened();
    await storage.putOutgoing(savedOutgoing('before'));
    database.broken = 'full';
    await storage.putOutgoing(savedOutgoing('after', { order: 2 }));
    await storage.saveDraft('a', DRAFT);
    expect(told).toEqual(['memory']);
    expect(storage.durability).toBe('memory');
    expect(database.closed).toBe(true);
    await expectTyped(storage);
  });

  it('loses nothing that was typed when the database does not answer any more', async () => {
    const { time, storage, database, told } = await opened();
    await storage.putOutgoing(savedOutgoing('before'));
    database.broken = 'hanging';
    const saving = storage.putOutgoing(savedOutgoing('after', { order: 2 }));
    await time.advance(4_000);
    await saving;
    expect(told).toEqual(['memory']);
    // Only the first step waits.
    await storage.saveDraft('a', DRAFT);
    await expectTyped(storage);
    expect(time.waiting).toBe(0);
  });

  it('knows what was in the database before it went away', async () => {
    const { storage, database } = await opened();
    await database.putOutgoing(savedOutgoing('before'));
    await database.saveDraft('a', DRAFT);
    await storage.load();
    await database.putOutgoing(savedOutgoing('after', { order: 2, tab: 'another' }));
    await storage.loadOutbox();
    database.broken = 'full';
    await storage.saveRooms({ epoch: 'e', total: 1, changed: [savedRoom('a')], gone: [] });
    expect(storage.durability).toBe('memory');
    await expectTyped(storage);
  });
});
