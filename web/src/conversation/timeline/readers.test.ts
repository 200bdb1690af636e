import { describe, expect, it } from 'vitest';
import { PEOPLE } from '../../../tests/fakes/messages.ts';
import { NOBODY, placeReaders } from './readers.ts';

const [me, claude, olena] = PEOPLE.map((person) => person.id) as [string, string, string];
const people = new Map(PEOPLE.map((person) => [person.id, person]));
const nobodyWrote = () => undefined;

describe('the readers', () => {
  it('stand at the last message that each of the others has read', () => {
    const placed = placeReaders({ [me]: 9, [claude]: 5, [olena]: 5 }, people, me, nobodyWrote, NOBODY);
    expect([...placed].map(([n, readers]) => [n, readers.map(({ id }) => id)])).toEqual([
      [5, [claude, olena]],
    ]);
  });

  it('are not named at messages of their own, nor where they have read nothing', () => {
    const placed = placeReaders({ [claude]: 5, [olena]: 0 }, people, me, () => claude, NOBODY);
    expect(placed.size).toBe(0);
  });

  it('keep their list as long as it is the same', () => {
    const before = placeReaders({ [claude]: 5, [olena]: 7 }, people, me, nobodyWrote, NOBODY);
    const after = placeReaders({ [claude]: 5, [olena]: 8 }, people, me, nobodyWrote, before);
    expect(after.get(5)).toBe(before.get(5));
    expect(after.get(7)).toBeUndefined();
    expect(after.get(8)).toHaveLength(1);
  });
});
