import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventFrame } from '../generated/frames.ts';
import { MOST_HELD, RoomLog } from './room_log.ts';

function event(seq: number): EventFrame {
  const common = { id: `event ${seq}`, room: 'r', seq, n: 0, at: '', actor: 'a' };
  return { ...common, type: 'room.deleted', data: {} };
}

/** The positions that a log passes on when events arrive in this order. */
function passed(log: RoomLog, seqs: readonly number[]): number[] {
  return seqs.flatMap((seq) => log.take(event(seq)).apply.map(({ seq }) => seq));
}

describe('the order of a room', () => {
  it('is that of its events whatever order and number they arrive in', () => {
    const arrivals = fc
      .integer({ min: 1, max: 40 })
      .chain((last) =>
        fc.shuffledSubarray([...range(1, last), ...range(1, last)], { minLength: last, maxLength: 2 * last }),
      );
    fc.assert(
      fc.property(arrivals, (seqs) => {
        const log = new RoomLog(0);
        const applied = passed(log, seqs);
        // As far as there is no gap, each once.
        let whole = 0;
        while (seqs.includes(whole + 1)) whole += 1;
        expect(applied).toEqual(range(1, whole));
        expect(log.seq).toBe(whole);
        expect(log.behind).toBe(seqs.some((seq) => seq > whole));
        expect(log.held).toBe(new Set(seqs.filter((seq) => seq > whole)).size);
      }),
      { numRuns: 200 },
    );
  });

  it('has a gap when an event before is missing, and asks for it', () => {
    const log = new RoomLog(4);
    expect(log.take(event(7))).toEqual({ apply: [], missing: 'replay' });
    expect(log.behind).toBe(true);
    expect(passed(log, [6, 5])).toEqual([5, 6, 7]);
    expect(log.behind).toBe(false);
  });

  it('forgets what is known already', () => {
    const log = new RoomLog(4);
    expect(log.take(event(4))).toEqual({ apply: [] });
    expect(log.held).toBe(0);
  });

  it('holds so many events back and no more', () => {
    const log = new RoomLog(0);
    const verdicts = range(2, MOST_HELD + 5).map((seq) => log.take(event(seq)).missing);
    expect(verdicts.filter((missing) => missing === 'room')).toHaveLength(1);
    expect(log.held).toBeLessThanOrEqual(MOST_HELD);
  });
});

describe('a room that is being fetched', () => {
  it('holds back what arrives, and passes on what follows the answer', () => {
    const log = new RoomLog(3);
    log.fetch();
    expect(passed(log, [4, 9, 10, 11])).toEqual([]);
    expect(log.behind).toBe(false);
    expect(log.fetched(9).map(({ seq }) => seq)).toEqual([10, 11]);
    expect(log.behind).toBe(false);
  });

  it('is behind when the answer is older than what was heard of', () => {
    const log = new RoomLog(3);
    log.fetch();
    log.take(event(12));
    log.fetched(9);
    expect(log.behind).toBe(true);
    expect(passed(log, [10, 11])).toEqual([10, 11, 12]);
    expect(log.behind).toBe(false);
  });

  it('is behind when the welcome told of more than the answer', () => {
    const log = new RoomLog(3);
    log.fetch();
    log.heard(12);
    log.fetched(9);
    expect(log.behind).toBe(true);
  });

  it('is behind when more arrived than can be held', () => {
    const log = new RoomLog(0);
    log.fetch();
    for (const seq of range(10, MOST_HELD + 20)) log.take(event(seq));
    log.fetched(9);
    expect(log.behind).toBe(true);
  });
});

describe('a room that is said to have events that do not exist', () => {
  it('is not asked for them for ever', () => {
    const log = new RoomLog(5);
    log.heard(90);
    log.replayed(5);
    expect(log.behind).toBe(true);
    log.replayed(5);
    expect(log.behind).toBe(false);
  });
});

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
}
