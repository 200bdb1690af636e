import type { Count, ReadonlyRecord, UserId, UserRef } from '#/core/model.ts';
import type { Row } from './rows.ts';

/** Who read how far, by the last message that they read; nobody is named at a message of their own. */
export type Readers = ReadonlyMap<Count, readonly UserRef[]>;

export const NOBODY: Readers = new Map();

/**
 * Where to show the other readers. Lists that did not change keep their identity, so that only rows whose readers
 * moved are rendered again.
 */
export function placeReaders(
  positions: ReadonlyRecord<UserId, Count>,
  people: ReadonlyMap<UserId, UserRef>,
  me: UserId,
  authorOf: (n: Count) => UserId | undefined,
  last: Readers,
): Readers {
  const placed = new Map<Count, UserRef[]>();
  for (const [id, n] of Object.entries(positions)) {
    const person = people.get(id);
    if (id === me || n === undefined || n === 0 || !person || authorOf(n) === id) continue;
    const here = placed.get(n);
    if (here) here.push(person);
    else placed.set(n, [person]);
  }
  const result = new Map<Count, readonly UserRef[]>();
  for (const [n, here] of placed) {
    here.sort((a, b) => (a.id < b.id ? -1 : 1));
    const before = last.get(n);
    result.set(n, before && sameElements(before, here) ? before : here);
  }
  return result;
}

function sameElements<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** The author of a message by its count, as far as it is among the rows. */
export function authors(rows: readonly Row[]): (n: Count) => UserId | undefined {
  const first = rows[0]?.message?.n ?? 1;
  return (n) => rows[n - first]?.message?.sender.id;
}
