/** Messages as they are written in rooms, for tests and for looking at pages. */
import type { Message, UserRef } from '#/core/model.ts';

export const ROOM = '01900000-0000-7000-8000-0000000000aa';

function person(number: number, name: string, kind: UserRef['kind'] = 'person'): UserRef {
  const id = `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`;
  return { id, username: name.toLowerCase().replace(/[^a-z0-9]+/g, '.'), display_name: name, kind };
}

export const PEOPLE: readonly UserRef[] = [
  person(1, 'Ada Lovelace'),
  person(2, 'Claude Chappe'),
  person(3, 'Олена Пчілка'),
  person(4, 'Grace Hopper'),
  person(5, 'Weather Bot', 'bot'),
  person(6, 'Mykola from Telegram', 'bridged'),
  person(7, 'ליאורה'),
];

const WORDS =
  'the tower on the hill sees the next one only when the air is clear so the arms turn slowly and every signal is repeated until it was answered before the night comes'.split(
    ' ',
  );

/** The same for the same number: short and long ones, some of several lines. */
function bodyOf(n: number): string {
  const random = mulberry(n);
  const length = random() < 0.6 ? 3 + random() * 12 : 10 + random() * 60;
  let text = '';
  for (let i = 0; i < length; i++) {
    text += WORDS[Math.floor(random() * WORDS.length)];
    text += random() < 0.04 ? '\n' : ' ';
  }
  return `${text.trim()} (${n})`;
}

export function messageOf(n: number, change: Partial<Message> = {}): Message {
  const random = mulberry(n * 7 + 1);
  // Runs of one author.
  const sender = PEOPLE[Math.floor(mulberry(Math.floor(n / 3))() * PEOPLE.length)] as UserRef;
  return {
    id: `01900000-0000-7001-8000-${String(n).padStart(12, '0')}`,
    room_id: ROOM,
    seq: n + 1,
    n,
    sender,
    body: bodyOf(n),
    created_at: new Date(START + n * 97_000 + Math.floor(random() * 40_000)).toISOString(),
    attachments: [],
    reactions: [],
    ...(sender.kind === 'bridged' ? { source: { kind: 'telegram', chat: '-100', message_id: `${n}` } } : {}),
    ...change,
  };
}

const START = Date.UTC(2026, 4, 2, 8, 0);

/** Numbers that look random and are the same every time. */
function mulberry(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
