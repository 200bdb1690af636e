import { expect, it } from 'vitest';
import { hue, initials } from './avatar.tsx';

it.each([
  ['Ada Lovelace', 'AL'],
  ['Олена Пчілка', 'ОП'],
  ['Grace Brewster Murray Hopper', 'GH'],
  ['kitchen', 'K'],
  ['🧑‍🚀 space', '🧑‍🚀S'],
  ['(draft) notes', 'DN'],
  ['ليلى الأخيلية', 'لا'],
  ['  ', '?'],
  ['\u202e', '\u202e'],
])('takes from %j the letters %j', (name, letters) => {
  expect(initials(name)).toBe(letters);
});

it('gives the same colour to the same id, and another to the next one', () => {
  const id = '01a1fe1b-0000-7000-8000-00000000000';
  expect(hue(`${id}1`)).toBe(hue(`${id}1`));
  const hues = [1, 2, 3, 4, 5, 6].map((last) => hue(`${id}${last}`));
  expect(new Set(hues).size).toBe(6);
  expect(Math.max(...hues) - Math.min(...hues)).toBeGreaterThan(60);
});
