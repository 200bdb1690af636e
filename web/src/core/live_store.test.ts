import { describe, expect, it, vi } from 'vitest';
import { liveStore } from './testing/loose.ts';
import { room } from './testing/samples.ts';
import { virtualTime } from './testing/world.ts';

describe('the live state', () => {
  it('is known at once to those who change it, and published once per frame', async () => {
    const time = virtualTime();
    const live = liveStore();
    const looked = vi.fn();
    live.published.subscribe(looked);
    for (let seq = 1; seq <= 100; seq += 1) live.put('rooms', 'a', room('a', { seq }));
    expect(live.state.rooms.a?.seq).toBe(100);
    expect(live.published.getState().rooms).toEqual({});
    await time.advance(16);
    expect(live.published.getState().rooms.a?.seq).toBe(100);
    expect(looked).toHaveBeenCalledTimes(1);
  });

  it('stays the same value where nothing changes', async () => {
    const time = virtualTime();
    const live = liveStore();
    const a = room('a');
    live.put('rooms', 'a', a);
    const before = live.state;
    live.put('rooms', 'a', a);
    live.put('rooms', 'b', undefined);
    expect(live.state).toBe(before);
    await time.advance(16);
    expect(time.waiting).toBe(0);
  });

  it('changes one entry of a record, and no other', () => {
    const live = liveStore({ rooms: { a: room('a'), b: room('b') } });
    const before = live.state.rooms;
    live.put('rooms', 'a', undefined);
    expect(live.state.rooms).not.toHaveProperty('a');
    expect(live.state.rooms.b).toBe(before.b);
    expect(before).toHaveProperty('a');
  });
});
