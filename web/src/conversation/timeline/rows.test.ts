import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message, Outgoing, Timeline } from '#/core/model.ts';
import { messageOf, PEOPLE, ROOM } from '../../../tests/fakes/messages.ts';
import { indexOf, localDay, rowsOf } from './rows.ts';

const ME = PEOPLE[0]?.id ?? '';
const MINUTE = 60_000;

function window(messages: readonly Message[], at_end = true): Timeline {
  return { messages, at_end, loading: undefined, failure: undefined };
}

function at(n: number, minutes: number, author = 1, change: Partial<Message> = {}): Message {
  const sender = PEOPLE[author] as Message['sender'];
  const created_at = new Date(new Date(2026, 4, 2, 9).getTime() + minutes * MINUTE).toISOString();
  return messageOf(n, { sender, source: null, created_at, ...change });
}

function outgoing(id: string, change: Partial<Outgoing> = {}): Outgoing {
  const written_at = new Date(2026, 4, 2, 9).getTime();
  return {
    id,
    room: ROOM,
    body: id,
    reply_to: undefined,
    written_at,
    state: 'queued',
    failure: undefined,
    ...change,
  };
}

const heads = (messages: readonly Message[], line?: number) =>
  rowsOf(window(messages), [], line, ME).map((row) => row.head);

describe('rows', () => {
  it('names an author once for what they write within five minutes', () => {
    expect(heads([at(1, 0), at(2, 1), at(3, 5.9), at(4, 11)])).toEqual([true, false, false, true]);
  });

  it('names the author again after somebody else, at an answer and below the unread line', () => {
    expect(heads([at(1, 0), at(2, 0, 2), at(3, 0)])).toEqual([true, true, true]);
    expect(heads([at(1, 0), at(2, 0, 1, { reply_to: messageOf(1).id }), at(3, 0)])).toEqual([
      true,
      true,
      false,
    ]);
    expect(heads([at(1, 0), at(2, 0), at(3, 0)], 1)).toEqual([true, true, false]);
  });

  it('tells a message over a bridge from one of the same person that came without it', () => {
    const source = { kind: 'telegram', chat: '-1', message_id: '7' };
    expect(heads([at(1, 0), at(2, 0, 1, { source })])).toEqual([true, true]);
  });

  it('begins a day at midnight of the reader, not of Greenwich', () => {
    const evening = new Date(2026, 4, 2, 23, 59, 30).toISOString();
    const morning = new Date(2026, 4, 3, 0, 0, 30).toISOString();
    const rows = rowsOf(
      window([at(1, 0, 1, { created_at: evening }), at(2, 0, 1, { created_at: morning })]),
      [],
      undefined,
      ME,
    );
    expect(rows.map((row) => row.day)).toEqual([true, true]);
    expect(localDay(Date.parse(evening))).not.toBe(localDay(Date.parse(morning)));
  });

  it('puts what is on its way behind the messages, and joins it to what the person wrote last', () => {
    const rows = rowsOf(window([at(1, 0, 0)]), [outgoing('a'), outgoing('b')], undefined, ME);
    expect(rows.map((row) => row.key)).toEqual([messageOf(1).id, 'a', 'b']);
    expect(rows.map((row) => row.head)).toEqual([true, false, false]);
  });

  it('shows a message once when it is on its way and already there', () => {
    const rows = rowsOf(window([at(1, 0)]), [outgoing(messageOf(1).id)], undefined, ME);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.message?.n).toBe(1);
  });

  it('keeps the key when a message arrives in the place of what was on its way', () => {
    const before = rowsOf(window([at(1, 0)]), [outgoing(messageOf(2).id)], undefined, ME);
    const after = rowsOf(window([at(1, 0), at(2, 0, 0)]), [], undefined, ME);
    expect(after.map((row) => row.key)).toEqual(before.map((row) => row.key));
  });

  it('shows nothing that is on its way where the window does not reach the end', () => {
    expect(rowsOf(window([at(1, 0)], false), [outgoing('a')], undefined, ME)).toHaveLength(1);
  });

  it('shows what is on its way in a room without messages', () => {
    expect(rowsOf(window([]), [outgoing('a')], undefined, ME)).toHaveLength(1);
  });
});

/** Histories of a few authors with gaps of all sizes. */
const histories = fc
  .array(
    fc.record({
      gap: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 200_000 })),
      author: fc.integer({ min: 0, max: 2 }),
      answers: fc.boolean(),
    }),
    { minLength: 1, maxLength: 80 },
  )
  .map((steps) => {
    let seconds = 0;
    return steps.map(({ gap, author, answers }, i) => {
      seconds += gap;
      return at(i + 1, seconds / 60, author, answers ? { reply_to: messageOf(1).id } : {});
    });
  });

describe('rows of any history', () => {
  it('never change when older messages come', () => {
    fc.assert(
      fc.property(histories, fc.nat(), fc.option(fc.nat(90), { nil: undefined }), (history, cut, line) => {
        const from = cut % history.length;
        const whole = rowsOf(window(history), [], line, ME);
        const part = rowsOf(window(history.slice(from)), [], line, ME);
        expect(part).toEqual(whole.slice(whole.length - part.length));
        expect(part.length).toBeGreaterThanOrEqual(history.length - from - 1);
      }),
    );
  });

  it('have every message once, in order, with keys of their own', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const rows = rowsOf(window(history), [], undefined, ME);
        expect(rows.map((row) => row.message?.n)).toEqual(history.map((message) => message.n));
        expect(new Set(rows.map((row) => row.key)).size).toBe(rows.length);
        for (const { n } of history) expect(rows[indexOf(rows, n) ?? -1]?.message?.n).toBe(n);
      }),
    );
  });

  it('have one line, above the first unread message, and a head wherever a day begins', () => {
    fc.assert(
      fc.property(histories, fc.nat(90), (history, line) => {
        const rows = rowsOf(window(history), [], line, ME);
        const lines = rows.filter((row) => row.unread);
        expect(lines.map((row) => row.message?.n)).toEqual(line < history.length ? [line + 1] : []);
        for (const row of rows) if (row.day || row.unread) expect(row.head).toBe(true);
      }),
    );
  });

  it('are the same objects as long as nothing about them changed', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const before = rowsOf(window(history.slice(0, -1)), [], undefined, ME);
        const after = rowsOf(window(history), [], undefined, ME);
        before.forEach((row, i) => {
          expect(after[i]).toBe(row);
        });
      }),
    );
  });
});
