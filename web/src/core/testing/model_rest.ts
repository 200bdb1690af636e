/** The REST calls of the model of the server, as far as the client's core makes them. */
import type { ModelAccounts } from './model_accounts.ts';
import type { ModelServer } from './model_server.ts';
import { Refusal } from './refusal.ts';

export class ModelRest {
  readonly #server: ModelServer;
  readonly #accounts: ModelAccounts;
  /** Rooms of one page of the list. */
  pageOfRooms = 3;
  /** Passwords by username. */
  readonly passwords = new Map<string, string>();

  constructor(server: ModelServer, accounts: ModelAccounts) {
    this.#server = server;
    this.#accounts = accounts;
  }

  async answer(request: Request): Promise<Response> {
    const body = request.method === 'GET' ? {} : parse(await request.text());
    try {
      return this.#answer(request, new URL(request.url), body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message } = error;
      const problem = { type: `urn:chappe:problem:${code}`, title: code, status, code, detail: message };
      return this.#json(problem, status, 'application/problem+json');
    }
  }

  #answer(request: Request, url: URL, body: Record<string, string>): Response {
    const call = `${request.method} ${url.pathname.replace('/api/v1', '')}`;
    switch (call) {
      case 'POST /auth/register':
        return this.#register(body);
      case 'POST /auth/login':
        return this.#logIn(body);
      case 'POST /auth/refresh':
        return this.#json(this.#accounts.refresh(body.refresh_token ?? ''));
      case 'POST /auth/logout':
        this.#accounts.logOut(body.refresh_token ?? '');
        return new Response(null, { status: 204 });
    }
    const access = this.#accounts.check(request.headers.get('authorization')?.replace('Bearer ', ''));
    const me = access.user;
    if (call === 'POST /ws-tickets')
      return this.#json({ ticket: this.#accounts.ticket(access), expires_in: 30 }, 201);
    if (call === 'GET /rooms') return this.#rooms(me, url.searchParams);
    const [, room, messages] = /^GET \/rooms\/([^/]+)(\/messages)?$/.exec(call) ?? [];
    if (room && messages) return this.#history(me, room, url.searchParams);
    if (room) return this.#json(this.#server.view(this.#server.roomOf(me, room), me));
    throw new Refusal(404, 'not_found', `the model has no ${call}`);
  }

  #register({ username = '', password = '' }: Record<string, string>): Response {
    if (this.passwords.has(username)) throw new Refusal(409, 'username_taken', 'choose another');
    this.passwords.set(username, password);
    return this.#json(this.#accounts.logIn(this.#server.person(username).id), 201);
  }

  #logIn({ username = '', password = '' }: Record<string, string>): Response {
    const user = [...this.#server.people.values()].find((user) => user.username === username);
    if (!user || this.passwords.get(username) !== password)
      throw new Refusal(401, 'bad_credentials', 'no such name, or another password');
    return this.#json(this.#accounts.logIn(user.id));
  }

  /** Newest first, a few at a time. */
  #rooms(me: string, query: URLSearchParams): Response {
    const cursor = query.get('cursor');
    const mine = this.#server.roomsOf(me).sort((a, b) => (a.id < b.id ? 1 : -1));
    const rest = cursor === null ? mine : mine.filter((room) => room.id < cursor);
    const page = rest.slice(0, this.pageOfRooms);
    const next = rest.length > page.length ? page.at(-1)?.id : null;
    return this.#json({ items: page.map((room) => this.#server.view(room, me, true)), next });
  }

  #history(me: string, id: string, query: URLSearchParams): Response {
    const { messages, events } = this.#server.roomOf(me, id);
    const limit = Number(query.get('limit') ?? 50);
    if (!(limit >= 1 && limit <= 200)) throw new Refusal(400, 'bad_query', `limit is ${limit}`);
    const number = (name: string) => (query.has(name) ? Number(query.get(name)) : undefined);
    const [before, after, around] = [number('before'), number('after'), number('around')];
    let first = around === undefined ? after : Math.min(around - 1 - limit / 2, messages.length - limit);
    let items: unknown[];
    if (first === undefined) {
      const end = Math.max(0, Math.min(messages.length, (before ?? messages.length + 1) - 1));
      items = messages.slice(Math.max(0, end - limit), end).reverse();
    } else {
      first = Math.max(0, Math.floor(first));
      items = messages.slice(first, first + limit);
    }
    return this.#json({ items, next: null, seq: events.length });
  }

  #json(body: unknown, status = 200, type = 'application/json'): Response {
    const date = new Date(this.#server.now()).toUTCString();
    return new Response(JSON.stringify(body), { status, headers: { 'content-type': type, date } });
  }
}

function parse(text: string): Record<string, string> {
  return text === '' ? {} : (JSON.parse(text) as Record<string, string>);
}
