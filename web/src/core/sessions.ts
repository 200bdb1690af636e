/**
 * Who is signed in, in all tabs of this browser.
 *
 * Invariant: a refresh token is good for one use, so only one tab uses it: under a Web Lock, after looking whether
 * another one has already.
 */
import { createStore } from 'zustand/vanilla';
import { type Api, makeApi } from './api/api.ts';
import { ApiError } from './api/error.ts';
import type { ServerClock } from './clock.ts';
import type { Session, User } from './generated/rest/index.ts';
import { logIn, logOut, refresh, register } from './generated/rest/sdk.gen.ts';
import type { SessionState, Sessions } from './session.ts';

const LOCK = 'chappe-session';

/** Where a session is kept: shared by the tabs, and told to the others when it changes. */
export interface SessionPlace {
  read(): Kept | undefined;
  write(session: Kept | undefined): void;
  /** Another tab has signed in or out. */
  listen(listener: () => void): void;
}

/** What is kept of a session. */
export type Kept = Pick<Session, 'user' | 'access_token' | 'refresh_token'>;

export interface SessionsWorld {
  /** Where the server is; empty for the page's own origin. */
  readonly base: string;
  readonly place: SessionPlace;
  readonly locks: Pick<LockManager, 'request'>;
  readonly clock: ServerClock;
  readonly fetch: typeof fetch;
  /** Takes everything of a person off the device. */
  readonly forget: (user: User) => Promise<void>;
}

/** Refusals after which only a new log-in helps. */
const ENDED = new Set(['bad_refresh_token', 'refresh_reused', 'bad_token', 'not_authenticated']);
/** Refusals that a fresh access token mends. */
const STALE = 401;

export function createSessions({ base, place, locks, clock, fetch, forget }: SessionsWorld): Sessions {
  const store = createStore<SessionState>(() => stateOf(place.read(), false));
  place.listen(() => adopt(place.read(), false));

  const plain: Api = makeApi(base, carry);
  const api: Api = makeApi(base, async (request) => {
    const again = request.clone();
    const token = place.read()?.access_token;
    const answer = await carry(authorised(request, token));
    if (answer.status !== STALE) return answer;
    return carry(authorised(again, await freshToken(token)));
  });

  async function carry(request: Request): Promise<Response> {
    const answer = await fetch(request);
    clock.learn(answer.headers.get('date'));
    return answer;
  }

  function adopt(kept: Kept | undefined, ended: boolean): void {
    const now = store.getState();
    const next = stateOf(kept, ended);
    const same = now.status === 'signed_in' && next.status === 'signed_in' && now.user.id === next.user.id;
    if (!same) store.setState(next, true);
  }

  function begin({ user, access_token, refresh_token }: Session): void {
    const kept = { user, access_token, refresh_token };
    place.write(kept);
    adopt(kept, false);
  }

  /** The next token after `stale`, which another tab may have fetched already. */
  async function freshToken(stale: string | undefined): Promise<string> {
    return locks.request(LOCK, async () => {
      const kept = place.read();
      if (!kept)
        throw new ApiError({ code: 'not_authenticated', detail: 'nobody is signed in', status: 401 });
      if (kept.access_token !== stale) return kept.access_token;
      try {
        const session = await refresh({ client: plain, body: { refresh_token: kept.refresh_token } });
        begin(session);
        return session.access_token;
      } catch (error) {
        if (error instanceof ApiError && ENDED.has(error.code)) {
          place.write(undefined);
          adopt(undefined, true);
        }
        throw error;
      }
    });
  }

  return {
    store,
    api,
    async register(account) {
      begin(await register({ client: plain, body: account }));
    },
    async logIn(account) {
      begin(await logIn({ client: plain, body: account }));
    },
    async logOut() {
      const kept = place.read();
      place.write(undefined);
      adopt(undefined, false);
      if (!kept) return;
      await forget(kept.user);
      // The session ends here whether the server hears of it or not.
      await logOut({ client: plain, body: { refresh_token: kept.refresh_token } }).catch(() => undefined);
    },
    freshToken: () => freshToken(place.read()?.access_token),
    remember(user) {
      const kept = place.read();
      if (kept) place.write({ ...kept, user });
    },
  };
}

function authorised(request: Request, token: string | undefined): Request {
  if (token) request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

function stateOf(kept: Kept | undefined, ended: boolean): SessionState {
  return kept ? { status: 'signed_in', user: kept.user } : { status: 'signed_out', ended };
}
