import { describe, expect, it } from 'vitest';
import { messageOf, PEOPLE } from '../../../tests/fakes/messages.ts';
import { announcementOf } from './announcement.ts';

describe('what is told of new messages', () => {
  it('is the text of one', () => {
    expect(announcementOf([messageOf(1, { sender: PEOPLE[1], body: 'The **line** is open' })])).toEqual({
      kind: 'one',
      author: 'Claude Chappe',
      text: 'The line is open',
    });
  });

  it('is the number and the authors of several, each named once', () => {
    const messages = [1, 1, 3].map((author, i) => messageOf(i + 1, { sender: PEOPLE[author] }));
    expect(announcementOf(messages)).toEqual({
      kind: 'many',
      count: 3,
      authors: ['Claude Chappe', 'Grace Hopper'],
    });
  });

  it('is nothing where there are none', () => {
    expect(announcementOf([])).toBeUndefined();
  });
});
