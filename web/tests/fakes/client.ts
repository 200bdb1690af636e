/** A client without a server: one room, whose history it makes up. What it answers can be slowed down or refused. */
import { createStore } from 'zustand/vanilla';
import { makeApi } from '#/core/api/api.ts';
import type { Client } from '#/core/client.ts';
import type { Count, LiveState, Message, Outgoing, RoomState, Timeline } from '#/core/model.ts';
import { messageOf, PEOPLE, ROOM } from './messages.ts';

export interface FakeOptions {
  /** Messages of the room. */
  n?: number;
  read_n?: number;
  /** The room's last messages, as many of them as are known before anything is fetched. */
  tail?: number;
  /** Messages per page. */
  page?: number;
  /** Milliseconds until a page comes. */
  delay?: number;
  room?: Partial<RoomState>;
  /** How far the others have read. */
  readers?: Readonly<Record<string, Count>>;
  /** In place of the made-up message. */
  message?: (n: number) => Message;
}

export interface FakeClient extends Client {
  readonly calls: {
    markRead: Count[];
    saveDraft: { text: string; reply_to: string | undefined }[];
    send: { body: string; reply_to: string | undefined }[];
    loadOlder: number;
    loadNewer: number;
  };
  /** What `loadOlder` and the like fail with. */
  failure: { code: string; detail: string } | undefined;
  /** Somebody wrote; `count` messages at once. */
  receive(count?: number, change?: (n: number) => Partial<Message>): void;
  setOutbox(outbox: readonly Outgoing[]): void;
  set(change: Partial<LiveState>): void;
  setRoom(change: Partial<RoomState>): void;
}

const SETTLED = { loading: undefined, failure: undefined } as const;

export function makeFakeClient(options: FakeOptions = {}): FakeClient {
  const { n = 40, read_n = n, tail = 0, page = 100, delay = 0, message = messageOf } = options;
  const made = new Map<number, Message>();
  const get = (at: number): Message => {
    let found = made.get(at);
    if (!found) {
      found = message(at);
      made.set(at, found);
    }
    return found;
  };
  const range = (from: number, to: number) =>
    Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => get(from + i));
  const me = { ...(PEOPLE[0] as Message['sender']), created_at: '2026-01-01T00:00:00.000Z' };
  const room: RoomState = {
    id: ROOM,
    kind: 'group',
    visibility: 'private',
    title: 'Signal hill',
    topic: undefined,
    created_at: '2026-05-01T08:00:00.000Z',
    peer: undefined,
    member_count: PEOPLE.length,
    role: 'member',
    seq: n + 1,
    n,
    read_n,
    last_message: n > 0 ? get(n) : undefined,
    ...options.room,
  };
  const store = createStore<LiveState>()(() => ({
    connection: { status: 'online' },
    me,
    ready: true,
    failure: undefined,
    rooms: { [ROOM]: room },
    timelines: {},
    outbox: {},
    readers: {},
    drafts: {},
    departed: {},
    durability: 'durable',
  }));
  const timeline = () => store.getState().timelines[ROOM];
  const put = (value: Timeline) => store.setState({ timelines: { [ROOM]: value } });
  const head = () => store.getState().rooms[ROOM]?.n ?? 0;
  const window = (from: number, to: number): Timeline => ({
    messages: range(Math.max(1, from), Math.min(head(), to)),
    at_end: to >= head(),
    ...SETTLED,
  });
  const fetch = async (loading: Timeline['loading'], result: () => Timeline) => {
    const before = timeline() ?? { messages: [], at_end: false, ...SETTLED };
    put({ ...before, loading, failure: undefined });
    if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay));
    else await Promise.resolve();
    const now = timeline() ?? before;
    put(fake.failure ? { ...now, loading: undefined, failure: fake.failure } : result());
  };

  const fake: FakeClient = {
    store,
    api: makeApi('http://fake.invalid', async (request) => answer(request, options, get, head())),
    calls: { markRead: [], saveDraft: [], send: [], loadOlder: 0, loadNewer: 0 },
    failure: undefined,
    start: async () => {},
    stop: async () => {},
    flush: async () => {},
    reconnect: () => {},
    goOffline: () => {},
    now: () => Date.now(),
    open() {
      if (!timeline()) {
        if (tail > 0) put(window(head() - tail + 1, head()));
        const unread = head() - (store.getState().rooms[ROOM]?.read_n ?? 0);
        const around = unread > 150 ? head() - unread : undefined;
        void fetch('window', () =>
          around === undefined
            ? window(head() - Math.max(page, unread + 20) + 1, head())
            : window(around - page / 2, around + page / 2),
        );
      }
      return () => {};
    },
    loadOlder() {
      const now = timeline();
      if (!now || now.loading) return Promise.resolve();
      fake.calls.loadOlder += 1;
      return fetch('older', () => {
        const { messages, at_end } = timeline() as Timeline;
        const first = messages[0]?.n ?? 1;
        return {
          messages: [...range(Math.max(1, first - page), first - 1), ...messages],
          at_end,
          ...SETTLED,
        };
      });
    },
    loadNewer() {
      const now = timeline();
      if (!now || now.loading) return Promise.resolve();
      fake.calls.loadNewer += 1;
      return fetch('newer', () => {
        const { messages } = timeline() as Timeline;
        const last = messages.at(-1)?.n ?? 0;
        const to = Math.min(head(), last + page);
        return { messages: [...messages, ...range(last + 1, to)], at_end: to === head(), ...SETTLED };
      });
    },
    jumpTo(_room, wanted) {
      const messages = timeline()?.messages ?? [];
      if (wanted >= (messages[0]?.n ?? 1) && wanted <= (messages.at(-1)?.n ?? 0)) return Promise.resolve();
      return fetch('window', () => window(wanted - page / 2, wanted + page / 2));
    },
    jumpToEnd() {
      if (timeline()?.at_end) return Promise.resolve();
      return fetch('window', () => window(head() - page + 1, head()));
    },
    async send(_room, body, reply_to) {
      fake.calls.send.push({ body, reply_to });
      const outgoing: Outgoing = {
        id: crypto.randomUUID(),
        room: ROOM,
        body,
        reply_to,
        written_at: Date.now(),
        state: 'queued',
        failure: undefined,
      };
      fake.setOutbox([...(store.getState().outbox[ROOM] ?? []), outgoing]);
    },
    async retry(id) {
      const outbox = store.getState().outbox[ROOM] ?? [];
      fake.setOutbox(
        outbox.map((one) => (one.id === id ? { ...one, state: 'queued', failure: undefined } : one)),
      );
    },
    async discard(id) {
      const outbox = store.getState().outbox[ROOM] ?? [];
      fake.setOutbox(outbox.filter((one) => one.id !== id));
      return outbox.find((one) => one.id === id);
    },
    markRead(_room, upTo) {
      fake.calls.markRead.push(upTo);
      const now = store.getState().rooms[ROOM];
      if (now && upTo > now.read_n) fake.setRoom({ read_n: Math.min(upTo, now.n) });
    },
    noteReaders(_room, readers) {
      store.setState({ readers: { [ROOM]: Object.fromEntries(readers) } });
    },
    saveDraft(_room, draft) {
      fake.calls.saveDraft.push(draft);
      store.setState({ drafts: { [ROOM]: draft } });
    },
    onRoomChanged: () => () => {},
    updateMe: (changed) => store.setState({ me: changed }),
    addRoom: () => {},
    receive(count = 1, change = () => ({})) {
      const state = store.getState();
      const before = state.rooms[ROOM];
      const now = timeline();
      if (!before || !now) return;
      const fresh: Message[] = [];
      for (let at = before.n + 1; at <= before.n + count; at++) {
        const arrived = { ...message(at), created_at: new Date().toISOString(), ...change(at) };
        made.set(at, arrived);
        fresh.push(arrived);
      }
      const ids = new Set(fresh.map((one) => one.id));
      store.setState({
        rooms: { [ROOM]: { ...before, n: before.n + count, last_message: fresh.at(-1) } },
        timelines: {
          [ROOM]: now.at_end ? { ...now, messages: [...now.messages, ...fresh] } : now,
        },
        outbox: { [ROOM]: (state.outbox[ROOM] ?? []).filter((one) => !ids.has(one.id)) },
      });
    },
    setOutbox: (outbox) => store.setState({ outbox: { [ROOM]: outbox } }),
    set: (change) => store.setState(change),
    setRoom(change) {
      const now = store.getState().rooms[ROOM];
      if (now) store.setState({ rooms: { [ROOM]: { ...now, ...change } } });
    },
  };
  return fake;
}

function answer(request: Request, options: FakeOptions, get: (n: number) => Message, head: number): Response {
  const path = new URL(request.url).pathname;
  if (path.endsWith('/members')) {
    const items = PEOPLE.map((user, i) => ({
      user,
      role: i === 0 ? 'owner' : 'member',
      read_n: options.readers?.[user.id] ?? 0,
      joined_at: '2026-05-01T08:00:00.000Z',
    }));
    return Response.json({ items, next: null });
  }
  const id = path.split('/').at(-1);
  for (let n = head; n >= 1; n--) if (get(n).id === id) return Response.json({ ...get(n), read_by: 7 });
  return Response.json(
    { type: '', title: '', status: 404, code: 'not_found', detail: 'there is no such message' },
    { status: 404 },
  );
}
