import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VirtualTime } from './testing/virtual_time.ts';
import { shown, World } from './testing/world.ts';

let time: VirtualTime;

beforeEach(() => {
  time = new VirtualTime();
  time.install();
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('a first visit', () => {
  it('shows the rooms with their last messages', async () => {
    const world = new World(time, 5);
    world.write(world.room(0), 3);
    const tab = world.open();
    await time.advance(1_000);
    const state = shown(tab);
    expect(state.connection).toEqual({ status: 'online' });
    expect(Object.keys(state.rooms)).toHaveLength(5);
    expect(state.rooms[world.room(0).id]).toMatchObject({ n: 3, read_n: 0 });
  });
});
