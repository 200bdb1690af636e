/**
 * Who is signed in, in all tabs of this browser.
 *
 * Invariant: a refresh token is good for one use, so only one tab uses it: under a Web Lock, after looking whether
 * another one has already.
 */
import { createStore } from 'zustand/vanilla';
import { type Api, makeApi } from '../api/api.ts';
import { ApiError } from '../api/error.ts';
import type { ServerClock } from '../clock.ts';
import type { Session, User } from '../generated/rest/index.ts';
import { logIn, logOut, refresh, register } from '../generated/rest/sdk.gen.ts';
import type { SessionState, Sessions } from '../session.ts';

const LOCK = 'chappe-session';
/** Milliseconds that another tab may hold the lock: longer than its call can take. */
const LOCKED = 20_000;

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

/**
 * Milliseconds between the repetitions of a refresh whose answer got lost. The server takes them for a minute: who came
 * back later would be logged out.
 */
const REPEATS = [2_000, 5_000, 10_000, 20_000];
/** Refusals after which only a new log-in helps. */
const ENDED = new Set(['bad_refresh_token', 'refresh_reused', 'bad_token', 'not_authenticated', 'invalid']);
/** Refusals that a fresh access token mends. */
const STALE = 401;

export function createSessions({ base, place, locks, clock, fetch, forget }: SessionsWorld): Sessions {
  const store = createStore<SessionState>(() => stateOf(place.read(), false));
  place.listen(() => adopt(place.read(), false));

  let repeating = false;

  const plain: Api = makeApi(base, carry);
  const api: Api = makeApi(base, async (request) => {
    const again = request.clone();
    const token = current()?.access_token;
    if (token === undefined) throw nobody();
    const answer = await carry(authorised(request, token));
    if (answer.status !== STALE) return answer;
    return carry(authorised(again, await freshToken(token)));
  });

  async function carry(request: Request): Promise<Response> {
    const answer = await fetch(request);
    clock.learn(answer.headers.get('date'));
    return answer;
  }

  /** The session of who is signed in here. Another tab may have changed that, and the news be on its way. */
  function current(): Kept | undefined {
    const kept = place.read();
    const state = store.getState();
    if (state.status === 'signed_in' && state.user.id !== kept?.user.id) {
      adopt(kept, false);
      throw nobody();
    }
    return kept;
  }

  function adopt(kept: Kept | undefined, ended: boolean): void {
    const now = store.getState();
    const next = stateOf(kept, ended);
    // Why it ended does not change, and a fresh token is no news.
    const same = now.status === 'signed_out' ? next.status === now.status : isSame(now, next);
    if (!same) store.setState(next, true);
  }

  function begin({ user, access_token, refresh_token }: Session): void {
    const kept = { user, access_token, refresh_token };
    place.write(kept);
    adopt(kept, false);
  }

  /** The next token after `stale`, which another tab may have fetched already. */
  async function freshToken(stale: string | undefined): Promise<string> {
    const signal = AbortSignal.timeout(LOCKED);
    try {
      return await locks.request(LOCK, { signal }, () => exchange(stale));
    } catch (error) {
      if (error instanceof ApiError) throw error;
      throw new ApiError({ code: 'timeout', detail: 'another tab does not finish', status: 0 });
    }
  }

  async function exchange(stale: string | undefined): Promise<string> {
    const kept = current();
    if (!kept) throw nobody();
    if (kept.access_token !== stale) return kept.access_token;
    // Who has logged out meanwhile, in whichever tab, stays so.
    const isCurrent = () => place.read()?.refresh_token === kept.refresh_token;
    try {
      const session = await refresh({ client: plain, body: { refresh_token: kept.refresh_token } });
      if (!isCurrent()) throw nobody();
      begin(session);
      return session.access_token;
    } catch (error) {
      if (error instanceof ApiError && ENDED.has(error.code) && isCurrent()) {
        place.write(undefined);
        adopt(undefined, true);
      }
      if (isPassing(error)) void repeat(kept.access_token);
      throw error;
    }
  }

  /** The server may have made the next token all the same. */
  async function repeat(stale: string): Promise<void> {
    if (repeating) return;
    repeating = true;
    for (const pause of REPEATS) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      const again = await freshToken(stale).then(() => false, isPassing);
      if (!again) break;
    }
    repeating = false;
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
      // The session ends here whether the server hears of it or not.
      const told = logOut({ client: plain, body: { refresh_token: kept.refresh_token } });
      await Promise.allSettled([told, forget(kept.user)]);
    },
    freshToken: () => freshToken(place.read()?.access_token),
    remember(user) {
      const kept = place.read();
      if (kept?.user.id !== user.id) return;
      place.write({ ...kept, user });
      adopt({ ...kept, user }, false);
    },
  };
}

function isSame(one: SessionState, other: SessionState): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError && error.passing;
}

function authorised(request: Request, token: string): Request {
  request.headers.set('authorization', `Bearer ${token}`);
  return request;
}

function nobody(): ApiError {
  return new ApiError({ code: 'not_authenticated', detail: 'nobody is signed in', status: 401 });
}

function stateOf(kept: Kept | undefined, ended: boolean): SessionState {
  return kept ? { status: 'signed_in', user: kept.user } : { status: 'signed_out', ended };
}
