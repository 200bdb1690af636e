import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Timeline } from '../model.ts';
import { messages } from '../testing/samples.ts';
import { extended, extendTail, fromPage, fromTail, joined, TAIL, withNewer, withOlder } from './timeline.ts';

const numbers = (list: readonly Message[]) => list.map(({ n }) => n);

function window(from: number, to: number, at_end = false): Timeline {
  return { messages: messages(from, to), at_end, loading: undefined, failure: undefined };
}

/** A room that had `n` messages when a page was read, and may have more now. */
interface Room {
  n: number;
  tail: readonly Message[];
}

type Step = { do: 'message' | 'older' | 'newer' | 'page' | 'refetched'; at: number; size: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    do: fc.constantFrom('message', 'message', 'older', 'newer', 'page', 'refetched'),
    at: fc.nat({ max: 80 }),
    size: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 60, size: 'max' },
);

function step(room: Room, timeline: Timeline, { do: what, at, size }: Step): Timeline {
  switch (what) {
    case 'message': {
      room.n += 1;
      const [message] = messages(room.n, room.n);
      if (!message) return timeline;
      room.tail = extendTail(room.tail, message);
      return extended(timeline, message);
    }
    case 'older': {
      const before = timeline.messages[0]?.n ?? room.n + 1;
      return withOlder(timeline, messages(Math.max(1, before - size), before - 1));
    }
    // Pages may reach beyond what is known of the room.
    case 'newer': {
      const after = timeline.messages.at(-1)?.n ?? 0;
      return withNewer(timeline, messages(after + 1, Math.min(after + size, room.n + 3)), room.tail, room.n);
    }
    case 'page': {
      const first = Math.max(1, Math.min(at, room.n));
      return fromPage(messages(first, Math.min(first + size, room.n + 3)), room.tail, room.n);
    }
    case 'refetched': {
      room.n += size;
      room.tail = messages(Math.max(1, room.n - at), room.n).slice(-TAIL);
      return withNewer(timeline, [], room.tail, room.n);
    }
  }
}

describe('a window on a room', () => {
  it('has no gap, ends where it says, and shows nothing that the room has not, whatever happens', () => {
    const property = fc.property(fc.nat({ max: 60 }), fc.nat({ max: 12 }), steps, (n, tail, all) => {
      const room: Room = { n, tail: messages(Math.max(1, n - tail + 1), n) };
      let timeline = fromTail(room.tail, n);
      for (const one of all) {
        timeline = step(room, timeline, one);
        const first = timeline.messages[0]?.n ?? 1;
        expect(numbers(timeline.messages)).toEqual(timeline.messages.map((_, at) => first + at));
        const last = timeline.messages.at(-1)?.n ?? 0;
        expect(last).toBeLessThanOrEqual(room.n);
        expect(timeline.at_end).toBe(timeline.at_end && last === room.n);
        expect(numbers(room.tail).at(-1) ?? 0).toBe(room.tail.length > 0 ? room.n : 0);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });

  it('grows at its end', () => {
    const grown = messages(4, 6).reduce(extended, window(1, 3, true));
    expect(numbers(grown.messages)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(grown.at_end).toBe(true);
  });

  it('takes a message once', () => {
    const timeline = window(1, 3, true);
    for (const message of messages(1, 3)) expect(extended(timeline, message)).toBe(timeline);
  });

  it('somewhere above stays as it is when something new comes', () => {
    const timeline = window(1, 3);
    expect(messages(9, 9).reduce(extended, timeline)).toBe(timeline);
  });

  it('takes older messages that reach it, also where pages overlap', () => {
    expect(numbers(withOlder(window(5, 6), messages(2, 5)).messages)).toEqual([2, 3, 4, 5, 6]);
    expect(numbers(withOlder(window(5, 6), messages(1, 3)).messages)).toEqual([5, 6]);
  });

  it('gives up its end beyond what can be shown, and its beginning when new ones come', () => {
    const older = withOlder(window(1_001, 11_000, true), messages(901, 1_000));
    expect(older.messages).toHaveLength(10_000);
    expect(older).toMatchObject({ at_end: false, messages: { 0: { n: 901 } } });
    const newer = messages(10_001, 10_001).reduce(extended, window(1, 10_000, true));
    expect(newer.messages).toHaveLength(9_001);
    expect(newer.at_end).toBe(true);
  });
});

describe('the end of a room', () => {
  it('is kept up to so many messages', () => {
    const tail = messages(1, 200).reduce(extendTail, []);
    expect(numbers(tail)).toEqual(numbers(messages(151, 200)));
  });

  it('begins anew after a gap', () => {
    expect(numbers(messages(9, 9).reduce(extendTail, messages(1, 3)))).toEqual([9]);
  });
});

describe('two stretches', () => {
  it('are joined where they touch or overlap, and not over a gap', () => {
    const join = (a: Message[], b: Message[]) => joined(a, b)?.map(({ n }) => n);
    expect(join(messages(1, 2), messages(3, 4))).toEqual([1, 2, 3, 4]);
    expect(join(messages(1, 3), messages(2, 4))).toEqual([1, 2, 3, 4]);
    expect(join(messages(1, 2), messages(4, 5))).toBeUndefined();
    expect(join([], messages(4, 5))).toEqual([4, 5]);
    expect(join(messages(4, 5), [])).toEqual([4, 5]);
  });
});
