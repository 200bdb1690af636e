import { describe, expect, it, vi } from 'vitest';
import type { RoomState } from '../model.ts';
import { liveStore, SlowStorage } from '../testing/loose.ts';
import { room } from '../testing/samples.ts';
import { virtualTime } from '../testing/world.ts';
import type { KnownRooms } from './known_rooms.ts';
import { Saver } from './saver.ts';

function saving() {
  const time = virtualTime();
  const rooms: Record<string, RoomState> = { a: room('a'), b: room('b') };
  const storage = new SlowStorage();
  const saveRooms = vi.spyOn(storage, 'saveRooms');
  const pending = new Set<string>();
  const known = { get: (id: string) => rooms[id], tail: () => [] } as unknown as KnownRooms;
  const live = liveStore({ rooms });
  const saver = new Saver(live, storage, known, (id) => pending.has(id));
  return { time, rooms, storage, saveRooms, pending, saver };
}

describe('rooms', () => {
  it('are written down together, at most once a second', async () => {
    const { time, saver, saveRooms } = saving();
    saver.epoch = 'e';
    for (let change = 0; change < 100; change += 1) {
      saver.changed('a');
      saver.changed('b');
      await time.advance(10);
    }
    await time.advance(1_000);
    expect(saveRooms.mock.calls.length).toBeLessThanOrEqual(2);
    expect(saveRooms.mock.calls[0]?.[0]).toMatchObject({ epoch: 'e', total: 2, gone: [] });
  });

  it('wait until it is known which life of the server they belong to', async () => {
    const { time, saver, storage, saveRooms } = saving();
    saver.changed('a');
    await time.advance(5_000);
    expect(saveRooms).not.toHaveBeenCalled();
    saver.epoch = 'e';
    await time.advance(1_000);
    expect((await storage.load()).rooms).toHaveLength(1);
  });

  it('are written down as they are then, with what the server does not know yet', async () => {
    const { time, rooms, saver, storage, pending } = saving();
    saver.epoch = 'e';
    saver.changed('a');
    rooms.a = room('a', { seq: 8, read_n: 3 });
    pending.add('a');
    await time.advance(1_000);
    expect((await storage.load()).rooms).toMatchObject([{ room: { seq: 8, read_n: 3 }, read_pending: true }]);
  });

  it('that come back after they went are there, and the other way round', async () => {
    const { time, rooms, saver, storage } = saving();
    saver.epoch = 'e';
    saver.gone('a');
    saver.changed('a');
    saver.changed('b');
    saver.gone('b');
    delete rooms.b;
    await time.advance(1_000);
    expect((await storage.load()).rooms.map(({ room }) => room.id)).toEqual(['a']);
  });

  it('are written down one time after the other where the database is slow, the last one last', async () => {
    const { time, rooms, saver, storage, saveRooms } = saving();
    storage.pace = 3_000;
    saver.epoch = 'e';
    for (let seq = 10; seq < 20; seq += 1) {
      rooms.a = room('a', { seq });
      saver.changed('a');
      await time.advance(1_000);
    }
    const done = saver.flush();
    await time.advance(10_000);
    await done;
    expect(saveRooms.mock.calls.length).toBeLessThan(6);
    storage.pace = 0;
    expect((await storage.load()).rooms).toMatchObject([{ room: { seq: 19 } }]);
  });

  it('are written down at once when the page goes', async () => {
    const { time, saver, storage } = saving();
    saver.epoch = 'e';
    saver.changed('a');
    await saver.flush();
    expect((await storage.load()).rooms).toHaveLength(1);
    expect(time.waiting).toBe(0);
  });
});
