/** What every storage does. */
import 'fake-indexeddb/auto';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { messages, savedOutgoing, savedRoom } from '../testing/samples.ts';
import { FallbackStorage } from './fallback.ts';
import { IndexedDbStorage } from './indexed_db.ts';
import { MemoryStorage } from './memory.ts';
import type { Storage } from './storage.ts';

let people = 0;

/** How each is opened: for somebody new, and once more for the same person where others can see it. */
const STORAGES: [string, () => Promise<{ storage: Storage; again: () => Promise<Storage> }>][] = [
  [
    'memory',
    async () => {
      const storage = new MemoryStorage();
      return { storage, again: async () => storage };
    },
  ],
  ['the database', () => shared((user) => IndexedDbStorage.open(user))],
  ['the database with memory behind it', () => shared(async (user) => new FallbackStorage(user))],
];

async function shared(open: (user: string) => Promise<Storage>) {
  people += 1;
  const user = `person ${people}`;
  return { storage: await open(user), again: () => open(user) };
}

describe.each(STORAGES)('%s', (_, make) => {
  async function opened() {
    const { storage, again } = await make();
    onTestFinished(() => storage.close());
    return { storage, again };
  }

  it('is empty at first', async () => {
    const { storage } = await opened();
    expect(await storage.load()).toEqual({
      epoch: undefined,
      complete: false,
      rooms: [],
      outbox: [],
      drafts: new Map(),
    });
  });

  it('keeps rooms with their ends', async () => {
    const { storage, again } = await opened();
    const saved = { ...savedRoom('a'), tail: messages(1, 3) };
    await storage.saveRooms({ epoch: 'e', total: 1, changed: [saved], gone: [] });
    expect(await (await again()).load()).toMatchObject({ epoch: 'e', complete: true, rooms: [saved] });
  });

  it('forgets the rooms that are gone', async () => {
    const { storage } = await opened();
    await storage.saveRooms({ epoch: 'e', total: 2, changed: [savedRoom('a'), savedRoom('b')], gone: [] });
    await storage.saveRooms({ epoch: 'e', total: 1, changed: [], gone: ['a', 'never there'] });
    const { rooms, complete } = await storage.load();
    expect(rooms.map(({ room }) => room.id)).toEqual(['b']);
    expect(complete).toBe(true);
  });

  it('lets a tab that is behind take nothing back', async () => {
    const write = fc.record({ seq: fc.nat({ max: 9 }), read_n: fc.nat({ max: 9 }), pending: fc.boolean() });
    const property = fc.asyncProperty(fc.array(write, { minLength: 1, maxLength: 8 }), async (writes) => {
      const { storage } = await make();
      for (const { seq, read_n, pending } of writes) {
        const changed = [savedRoom('a', { seq, read_n }, pending)];
        await storage.saveRooms({ epoch: 'e', total: 1, changed, gone: [] });
      }
      const [saved] = (await storage.load()).rooms;
      const furthest = Math.max(...writes.map(({ read_n }) => read_n));
      expect(saved?.room.seq).toBe(Math.max(...writes.map(({ seq }) => seq)));
      expect(saved?.room.read_n).toBe(furthest);
      // Whether the server knows it, the last one to have read so far knows best.
      expect(saved?.read_pending).toBe(writes.findLast(({ read_n }) => read_n === furthest)?.pending);
      storage.close();
    });
    await fc.assert(property, { numRuns: 20 });
  });

  it('forgets the rooms of another life of the server, and has not all until they are there again', async () => {
    const { storage } = await opened();
    const both = [savedRoom('a', { seq: 90 }), savedRoom('b')];
    await storage.saveRooms({ epoch: 'e', total: 2, changed: both, gone: [] });
    await storage.saveRooms({ epoch: 'f', total: 2, changed: [savedRoom('a', { seq: 3 })], gone: [] });
    expect(await storage.load()).toMatchObject({
      epoch: 'f',
      complete: false,
      rooms: [{ room: { seq: 3 } }],
    });
    await storage.saveRooms({ epoch: 'f', total: 2, changed: [savedRoom('b')], gone: [] });
    expect((await storage.load()).complete).toBe(true);
  });

  it('has not all rooms as long as nobody knows how many there are', async () => {
    const { storage } = await opened();
    await storage.saveRooms({ epoch: 'e', total: undefined, changed: [savedRoom('a')], gone: [] });
    expect((await storage.load()).complete).toBe(false);
  });

  it('keeps the outbox in the order of writing, also through another life of the server', async () => {
    const { storage, again } = await opened();
    await storage.saveRooms({ epoch: 'e', total: 0, changed: [], gone: [] });
    const outbox = [2, 3, 1].map((order) => savedOutgoing(`m${order}`, { order }));
    for (const outgoing of outbox) await storage.putOutgoing(outgoing);
    await storage.saveRooms({ epoch: 'f', total: 0, changed: [], gone: [] });
    const there = await (await again()).loadOutbox();
    expect(there.map(({ id }) => id)).toEqual(['m1', 'm2', 'm3']);
    expect((await storage.load()).outbox).toEqual(there);
    expect(there[1]).toEqual(outbox[0]);
  });

  it('changes a message of the outbox, and forgets it', async () => {
    const { storage } = await opened();
    const failure = { code: 'forbidden', detail: 'no' };
    await storage.putOutgoing(savedOutgoing('a'));
    await storage.putOutgoing(savedOutgoing('a', { failure }));
    expect(await storage.loadOutbox()).toEqual([savedOutgoing('a', { failure })]);
    await storage.removeOutgoing('a');
    await storage.removeOutgoing('never there');
    expect(await storage.loadOutbox()).toEqual([]);
  });

  it('keeps drafts until they are taken away', async () => {
    const { storage, again } = await opened();
    const draft = { text: 'hello', reply_to: 'm' };
    await storage.saveDraft('a', draft);
    await storage.saveDraft('b', { ...draft, text: 'x'.repeat(1_000_000) });
    expect(await storage.loadDraft('a')).toEqual(draft);
    expect([...(await (await again()).load()).drafts.keys()]).toEqual(['a', 'b']);
    await storage.saveDraft('a', undefined);
    expect(await storage.loadDraft('a')).toBeUndefined();
  });

  it('knows no draft that another tab has taken away', async () => {
    const { storage, again } = await opened();
    await storage.saveDraft('a', { text: 'hello', reply_to: undefined });
    const other = await again();
    await other.saveDraft('a', undefined);
    expect(await storage.loadDraft('a')).toBeUndefined();
    other.close();
  });

  it('forgets everything of a person', async () => {
    const { storage, again } = await opened();
    await storage.saveRooms({ epoch: 'e', total: 1, changed: [savedRoom('a')], gone: [] });
    await storage.putOutgoing(savedOutgoing('a'));
    await storage.saveDraft('a', { text: 'hello', reply_to: undefined });
    await storage.clear();
    const after = await (await again()).load();
    expect(after).toMatchObject({ epoch: undefined, rooms: [], outbox: [] });
    expect(after.drafts.size).toBe(0);
  });
});

describe('a database that two tabs have open', () => {
  it('gives way when everything is taken off the device, and says so', async () => {
    const { storage, again } = await shared(async (user) => new FallbackStorage(user));
    const told: string[] = [];
    storage.onDurability((durability) => told.push(durability));
    await storage.saveDraft('a', { text: 'typed', reply_to: undefined });
    await (await again()).clear();
    expect(told).toEqual(['memory']);
    expect(storage.durability).toBe('memory');
    // What this page has typed stays with it.
    expect(await storage.loadDraft('a')).toEqual({ text: 'typed', reply_to: undefined });
  });
});
