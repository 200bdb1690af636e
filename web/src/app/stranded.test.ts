import { expect, it } from 'vitest';
import type { Outgoing } from '#/core/model.ts';
import { room } from '../../tests/fakes/fake_world.ts';
import { stranded, strandedCount } from './stranded.ts';

const here = room(1, 'Signal hill');
const outgoing: Outgoing = {
  id: 'm',
  room: 'gone',
  body: 'unsent',
  reply_to: undefined,
  written_at: 0,
  state: 'queued',
  failure: undefined,
};
const state = {
  ready: true,
  rooms: { [here.id]: here },
  drafts: {
    [here.id]: { text: 'here', reply_to: undefined },
    gone: { text: 'typed', reply_to: undefined },
    emptied: { text: ' ', reply_to: undefined },
  },
  outbox: { gone: [outgoing, { ...outgoing, id: 's', state: 'sent' as const }] },
};

it('keeps what was written for rooms that are gone', () => {
  expect(stranded(state)).toEqual([
    { room: 'gone', drafts: [{ text: 'typed', reply_to: undefined }], outgoing: [outgoing] },
  ]);
});

it('takes no room for gone before the rooms are known', () => {
  expect(stranded({ ...state, ready: false, rooms: {} })).toEqual([]);
});

it('counts texts', () => {
  expect(strandedCount(state)).toBe(2);
});
