import { describe, expect, it } from 'vitest';
import type { ClientFrame } from '../generated/frames.ts';
import { virtualTime } from '../testing/world.ts';
import { ReadPositions } from './read_positions.ts';

function positions() {
  const time = virtualTime();
  const told: ClientFrame[] = [];
  const line = { up: true };
  const reads = new ReadPositions({
    tell: (frame) => {
      if (line.up) told.push(frame);
      return line.up;
    },
  });
  return { time, told, line, reads };
}

const read = (room: string, n: number) => ({ t: 'read', room, n }) as const;

describe('a read position', () => {
  it('is told once for a whole way through the room', async () => {
    const { time, told, reads } = positions();
    for (let n = 1; n <= 50; n += 1) reads.move('a', n);
    await time.advance(250);
    expect(told).toEqual([read('a', 50)]);
  });

  it('never moves backwards', async () => {
    const { time, told, reads } = positions();
    reads.move('a', 7);
    reads.move('a', 3);
    await time.advance(250);
    reads.confirmed('a', 3);
    expect(reads.isPending('a')).toBe(true);
    expect(told).toEqual([read('a', 7)]);
  });

  it('waits for a connection', async () => {
    const { time, told, line, reads } = positions();
    line.up = false;
    reads.move('a', 7);
    reads.move('b', 2);
    await time.advance(60_000);
    line.up = true;
    reads.tellAll();
    expect(told).toEqual([read('a', 7), read('b', 2)]);
  });

  it('is told again, less and less often, until the server knows it', async () => {
    const { time, told, reads } = positions();
    reads.move('a', 7);
    await time.advance(3_600_000);
    expect(told.length).toBeGreaterThan(5);
    expect(told.length).toBeLessThan(20);
    reads.confirmed('a', 8);
    const before = told.length;
    await time.advance(3_600_000);
    expect(told).toHaveLength(before);
    expect(time.waiting).toBe(0);
  });

  it('of a room that is gone, or of another life of the server, is nobody told', async () => {
    const { time, told, reads } = positions();
    reads.move('a', 7);
    reads.move('b', 7);
    reads.forget('a');
    reads.forgetAll();
    await time.advance(250);
    expect(told).toEqual([]);
  });

  it('is told at the very end, and nothing after that', async () => {
    const { time, told, reads } = positions();
    reads.move('a', 7);
    reads.stop();
    expect(told).toEqual([read('a', 7)]);
    reads.move('a', 8);
    await time.advance(100_000);
    expect(told).toEqual([read('a', 7)]);
    expect(time.waiting).toBe(0);
  });
});
