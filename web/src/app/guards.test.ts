import { expect, it } from 'vitest';
import { safeNext } from './guards.ts';

it('goes on to a page of its own', () => {
  expect(safeNext('/rooms/1?at=5')).toBe('/rooms/1?at=5');
});

it.each([
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  'rooms',
  5,
  null,
])('goes nowhere else: %s', (next) => {
  expect(safeNext(next)).toBeUndefined();
});

it('does not go in circles', () => {
  expect(safeNext('/login?next=/rooms')).toBeUndefined();
  expect(safeNext('/register')).toBeUndefined();
});
