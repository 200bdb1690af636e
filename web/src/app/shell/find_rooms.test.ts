import { expect, it } from 'vitest';
import { byId } from '../../../tests/fakes/fake_client.ts';
import { ada, claude, olena, room } from '../../../tests/fakes/fake_world.ts';
import { findRooms } from './find_rooms.ts';
import { nextRoom, roomOrder } from './room_order.ts';

const hill = room(1, 'Signal hill', { last: [ada, 'a', 10], unread: 2 });
const cafe = room(2, 'Café Müller', { last: [ada, 'b', 5] });
const direct = room(3, '', { kind: 'direct', peer: olena, last: [olena, 'c', 1] });
const fresh = room(4, 'Never written in');
const rooms = byId([hill, cafe, direct, fresh]);
const all = { find: '', onlyUnread: false, always: undefined, somebody: 'Somebody' };

it('has the latest activity first', () => {
  expect(roomOrder(rooms)).toEqual([direct.id, cafe.id, hill.id, fresh.id]);
});

it('moves a room up when something is said in it', () => {
  const later = room(1, 'Signal hill', { last: [claude, 'now', 0] });
  expect(roomOrder({ ...rooms, [hill.id]: later })[0]).toBe(hill.id);
});

it('finds rooms by the beginnings of words, whatever their accents', () => {
  expect(findRooms(rooms, { ...all, find: 'mull caf' })).toEqual([cafe.id]);
  expect(findRooms(rooms, { ...all, find: 'ill' })).toEqual([]);
});

it('finds a direct chat by name and by username', () => {
  expect(findRooms(rooms, { ...all, find: 'олена' })).toEqual([direct.id]);
  expect(findRooms(rooms, { ...all, find: 'olena' })).toEqual([direct.id]);
});

it('keeps the open room among the unread ones', () => {
  expect(findRooms(rooms, { ...all, onlyUnread: true })).toEqual([hill.id]);
  expect(findRooms(rooms, { ...all, onlyUnread: true, always: cafe.id })).toEqual([cafe.id, hill.id]);
});

it('steps to the neighbour and stops at the end', () => {
  const order = ['a', 'b', 'c'];
  const any = () => true;
  expect(nextRoom(order, 'b', 1, any, false)).toBe('c');
  expect(nextRoom(order, 'c', 1, any, false)).toBeUndefined();
  expect(nextRoom(order, undefined, 1, any, false)).toBe('a');
  expect(nextRoom(order, undefined, -1, any, false)).toBe('c');
});

it('finds unread rooms above as well, by going on at the other end', () => {
  const order = ['a', 'b', 'c'];
  expect(nextRoom(order, 'b', 1, (id) => id === 'a', true)).toBe('a');
  expect(nextRoom(order, 'b', -1, (id) => id === 'c', true)).toBe('c');
  expect(nextRoom(order, 'b', 1, (id) => id === 'b', true)).toBeUndefined();
  expect(nextRoom([], undefined, 1, () => true, true)).toBeUndefined();
});
