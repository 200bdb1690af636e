/** People and rooms as they may be, for looking at pages without a server. */
import type { Message, Role, RoomState, User, UserRef } from '#/core/model.ts';

export const NOW = Date.now();

function person(number: number, username: string, display_name: string, kind: User['kind'] = 'person'): User {
  return {
    id: `01a1fe1b-0000-7000-8000-${String(number).padStart(12, '0')}`,
    username,
    display_name,
    kind,
    created_at: '2026-03-02T09:30:00.125Z',
  };
}

export const ada = person(1, 'ada', 'Ada Lovelace');
export const claude = person(2, 'claude', 'Claude Chappe');
export const olena = person(3, 'olena', 'Олена Пчілка');
const grace = person(4, 'grace', 'Grace Brewster Murray Hopper');
const long = person(5, 'long', `Donaudampfschifffahrtselektrizitätenhauptbetriebswerk${'bau'.repeat(3)}`);
const layla = person(6, 'layla', 'ليلى الأخيلية');
const emoji = person(7, 'kite', '🪁 Kite');
const bot = person(8, 'buildbot', 'Build bot', 'bot');
const bridged = person(9, 'telegram:99', 'Іван з Telegram', 'bridged');
export const people: User[] = [ada, claude, olena, grace, long, layla, emoji, bot, bridged];

export function reference(user: User): UserRef {
  const { id, username, display_name, kind } = user;
  return { id, username, display_name, kind };
}

export function message(room: string, n: number, sender: User, body: string, minutesAgo: number): Message {
  return {
    id: `${room.slice(0, 24)}${String(n).padStart(12, '0')}`,
    room_id: room,
    seq: n + 1,
    n,
    sender: reference(sender),
    body,
    attachments: [],
    reactions: [],
    created_at: new Date(NOW - minutesAgo * 60_000).toISOString(),
  };
}

interface RoomOptions {
  kind?: RoomState['kind'];
  visibility?: RoomState['visibility'];
  topic?: string;
  peer?: User;
  members?: number;
  role?: Role;
  n?: number;
  unread?: number;
  last?: [User, string, number];
}

export function room(number: number, title: string, options: RoomOptions = {}): RoomState {
  const id = `01a1fe1c-0000-7000-8000-${String(number).padStart(12, '0')}`;
  const n = options.n ?? 40;
  return {
    id,
    kind: options.kind ?? 'group',
    visibility: options.visibility ?? 'private',
    title,
    topic: options.topic,
    created_at: '2026-03-02T09:30:00.125Z',
    peer: options.peer && reference(options.peer),
    member_count: options.members ?? 4,
    role: options.role ?? 'member',
    seq: n + 1,
    n: options.last ? n : 0,
    read_n: options.last ? n - (options.unread ?? 0) : 0,
    last_message: options.last && message(id, n, ...options.last),
  };
}

export const rooms: RoomState[] = [
  room(1, 'Signal hill', {
    role: 'owner',
    visibility: 'public',
    topic: 'What the towers see, from Paris to Lille',
    members: 12,
    unread: 3,
    last: [claude, 'The **northern line** is clear again: `regulateur` at 45°', 4],
  }),
  room(2, '', {
    kind: 'direct',
    peer: olena,
    members: 2,
    unread: 1,
    last: [olena, 'Побачимося завтра о дев’ятій?', 22],
  }),
  room(3, 'Release notes', {
    kind: 'channel',
    role: 'reader',
    members: 480,
    unread: 128,
    n: 900,
    last: [bot, 'Version 1.4 is out. See [what is new](https://example.org)', 95],
  }),
  room(4, 'Kitchen', { role: 'admin', last: [ada, 'I bring the cake 🎂', 260] }),
  room(5, '', { kind: 'direct', peer: long, members: 2, last: [long, 'x'.repeat(300), 60 * 20] }),
  room(6, `The very long name of a room that somebody gave it to see what happens to ${'w'.repeat(40)}`, {
    last: [grace, '> It is easier to ask forgiveness than it is to get permission.', 60 * 30],
  }),
  room(7, '', { kind: 'direct', peer: layla, members: 2, last: [layla, 'السلام عليكم', 60 * 24 * 3] }),
  room(8, 'Міст у Telegram', { last: [bridged, 'Привіт із того боку!', 60 * 24 * 5] }),
  room(9, '', { kind: 'direct', peer: emoji, members: 2, last: [ada, '👋', 60 * 24 * 40] }),
  room(10, 'Just opened', { role: 'owner', members: 1 }),
];
