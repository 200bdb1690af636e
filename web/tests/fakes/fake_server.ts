import { type Api, makeApi } from '#/core/api/api.ts';
import type { Member, Problem, Room } from '#/core/generated/rest/index.ts';
import type { Role } from '#/core/model.ts';
import { ada, NOW, people, reference, room } from './fake_world.ts';

type Answer = (match: RegExpExecArray, body: Record<string, unknown>, query: URLSearchParams) => Response;

/** REST with answers out of `fake_world.ts`, and the refusals that pages tell about. */
export function fakeApi(): Api {
  return makeApi('http://chappe.test', async (request) => {
    const url = new URL(request.url);
    const text = await request.text();
    const call = `${request.method} ${url.pathname.replace('/api/v1', '')}`;
    for (const [pattern, answer] of ANSWERS) {
      const match = pattern.exec(call);
      if (match) return answer(match, text ? JSON.parse(text) : {}, url.searchParams);
    }
    return refusal(404, 'not_found');
  });
}

function refusal(status: number, code: string, more: Partial<Problem> = {}, headers = {}): Response {
  const problem: Problem = { type: '', title: '', status, code, detail: `the server said ${code}`, ...more };
  return Response.json(problem, { status, headers });
}

const ROLES: Role[] = ['owner', 'admin', 'member', 'member', 'reader'];
const members: Member[] = people.map((user, i) => ({
  user: reference(user),
  role: ROLES[i] ?? 'member',
  joined_at: new Date(NOW - i * 86_400_000).toISOString(),
  read_n: 10,
}));

const publicRooms: Room[] = ['Signal hill', 'Gardeners', 'Книжковий клуб', 'Chess', 'Night shift'].map(
  (title, i) => ({
    id: i === 0 ? room(1, title).id : room(100 + i, title).id,
    kind: i === 3 ? 'channel' : 'group',
    visibility: 'public',
    title,
    topic: i % 2 === 0 ? 'What the towers see, from Paris to Lille' : undefined,
    created_at: '2026-03-02T09:30:00.125Z',
    head: { seq: 4, n: 2 },
    member_count: 12 * (i + 1),
    mentions: 0,
    unread: 0,
    my: i === 0 ? { role: 'owner', read_n: 2, muted: false } : undefined,
  }),
);

function page<Item>(items: Item[]): Response {
  return Response.json({ items, next: null });
}

function session(body: Record<string, unknown>, status: number): Response {
  const user = { ...ada, username: String(body.username) };
  return Response.json({ user, access_token: 'a', refresh_token: 'r', expires_in: 900 }, { status });
}

const ANSWERS: [RegExp, Answer][] = [
  [
    /^POST \/auth\/login$/,
    (_, body) => (body.password === 'correct horse' ? session(body, 200) : refusal(401, 'bad_credentials')),
  ],
  [
    /^POST \/auth\/register$/,
    (_, body) => {
      if (body.username === 'ada') return refusal(409, 'username_taken');
      if (String(body.password).length < 8)
        return refusal(422, 'weak_password', {
          errors: [{ field: 'password', code: 'weak_password', detail: 'must have at least 8 characters' }],
        });
      return session(body, 201);
    },
  ],
  [
    /^GET \/users$/,
    (_match, _body, query) => {
      const start = (query.get('query') ?? '').toLowerCase();
      return page(
        people.filter((user) =>
          [user.username, user.display_name.toLowerCase()].some((name) => name.startsWith(start)),
        ),
      );
    },
  ],
  [
    /^GET \/rooms\/public$/,
    (_match, _body, query) =>
      page(
        publicRooms.filter((entry) =>
          entry.title.toLowerCase().includes((query.get('query') ?? '').toLowerCase()),
        ),
      ),
  ],
  [/^GET \/rooms\/([^/]+)\/members$/, () => page(members)],
  [/^(PUT|DELETE) \/rooms\/([^/]+)\/members\/([^/]+)$/, () => new Response(null, { status: 204 })],
  [/^POST \/rooms\/([^/]+)\/(join|leave)$/, () => new Response(null, { status: 204 })],
  [
    /^GET \/rooms\/([^/]+)$/,
    ([, id]) => {
      const found = publicRooms.find((entry) => entry.id === id);
      return found ? Response.json(found) : refusal(404, 'not_found');
    },
  ],
  [/^PATCH \/me$/, (_, body) => Response.json({ ...ada, ...body })],
];
