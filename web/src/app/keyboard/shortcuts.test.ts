import { expect, it } from 'vitest';
import { isShortcut } from './shortcuts.ts';

const none = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, code: '' };

it('knows a chord by its key and all of its modifiers', () => {
  expect(isShortcut({ ...none, key: 'k', ctrlKey: true }, 'switcher')).toBe(true);
  expect(isShortcut({ ...none, key: 'k' }, 'switcher')).toBe(false);
  expect(isShortcut({ ...none, key: 'K', ctrlKey: true, shiftKey: true }, 'switcher')).toBe(false);
});

it('knows a letter by its place on a keyboard of another alphabet', () => {
  expect(isShortcut({ ...none, key: 'л', code: 'KeyK', ctrlKey: true }, 'switcher')).toBe(true);
});

it('takes the letter, not the place, where the keyboard has it elsewhere', () => {
  expect(isShortcut({ ...none, key: 't', code: 'KeyK', ctrlKey: true }, 'switcher')).toBe(false);
  expect(isShortcut({ ...none, key: 'k', code: 'KeyV', ctrlKey: true }, 'switcher')).toBe(true);
});

it('knows the question mark wherever the keyboard has it', () => {
  expect(isShortcut({ ...none, key: '?', shiftKey: true }, 'shortcuts')).toBe(true);
  expect(isShortcut({ ...none, key: '?' }, 'shortcuts')).toBe(true);
});

it('tells rooms from unread rooms', () => {
  const down = { ...none, key: 'ArrowDown', altKey: true };
  expect(isShortcut(down, 'next_room')).toBe(true);
  expect(isShortcut(down, 'next_unread')).toBe(false);
  expect(isShortcut({ ...down, shiftKey: true }, 'next_unread')).toBe(true);
});
