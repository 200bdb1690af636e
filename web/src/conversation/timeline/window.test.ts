import { describe, expect, it } from 'vitest';
import { messageOf } from '../../../tests/fakes/messages.ts';
import { continues } from './window.ts';

const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => messageOf(from + i));

describe('a window', () => {
  it('stays the same one when it grows or is cut at either end', () => {
    expect(continues(range(50, 60), range(40, 60))).toBe(true);
    expect(continues(range(50, 60), range(50, 70))).toBe(true);
    expect(continues(range(50, 60), range(55, 61))).toBe(true);
  });

  it('is another one elsewhere in the history', () => {
    expect(continues(range(50, 60), range(100, 110))).toBe(false);
    expect(continues(range(50, 60), range(1, 10))).toBe(false);
  });

  it('is another one when the same counts are other messages: the server lives another life', () => {
    const other = range(50, 60).map((message) => ({ ...message, id: `other ${message.n}` }));
    expect(continues(range(50, 60), other)).toBe(false);
  });

  it('stays the same one while it is empty, and begins anew with its first messages', () => {
    expect(continues([], [])).toBe(true);
    expect(continues([], range(1, 2))).toBe(false);
  });
});
