import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/error.ts';
import { ServerClock } from '../clock.ts';
import { listRooms } from '../generated/rest/sdk.gen.ts';
import type { CallFate } from '../testing/fates.ts';
import { ModelServer } from '../testing/model_server.ts';
import { Network } from '../testing/network.ts';
import { VirtualLocks } from '../testing/virtual_locks.ts';
import { virtualTime } from '../testing/world.ts';
import { createSessions, type Kept } from './sessions.ts';

/** The tabs of one browser, as far as sessions are concerned. */
function browser() {
  const time = virtualTime();
  const network = new Network(new ModelServer(() => time.now));
  const locks = new VirtualLocks();
  const listeners: (() => void)[] = [];
  const forgotten: string[] = [];
  const place: { kept: Kept | undefined } = { kept: undefined };
  const tab = (alive = () => true) => {
    const own: (() => void)[] = [];
    listeners.push(() => {
      for (const listener of own) listener();
    });
    const me = listeners.length;
    return createSessions({
      base: 'http://chappe.test',
      place: {
        read: () => place.kept,
        write: (kept) => {
          place.kept = kept;
          for (const [at, listener] of listeners.entries()) if (at + 1 !== me) setTimeout(listener, 1);
        },
        listen: (listener) => own.push(listener),
      },
      locks: locks.of(() => !alive()),
      clock: new ServerClock(),
      fetch: network.line().fetch,
      forget: async ({ username }) => {
        forgotten.push(username);
      },
    });
  };
  const decide = (...calls: CallFate[]) => network.decide({ calls });
  /** Waits for something that needs time. */
  const waited = async <T>(work: Promise<T>, milliseconds = 100): Promise<T> => {
    work.catch(() => undefined);
    await time.advance(milliseconds);
    return work;
  };
  return { time, network, accounts: network.accounts, locks, place, tab, decide, waited, forgotten };
}

const ME = { username: 'me', password: 'a long password' };

async function signedIn() {
  const world = browser();
  const tab = world.tab();
  await world.waited(tab.register(ME));
  return { ...world, sessions: tab };
}

function refusal(code: string) {
  return expect.objectContaining({ code }) as ApiError;
}

describe('a log-in', () => {
  it('is there in the other tabs as well', async () => {
    const { tab, waited } = browser();
    const [one, other] = [tab(), tab()];
    await waited(one.register(ME));
    expect(other.store.getState()).toMatchObject({ status: 'signed_in', user: { username: 'me' } });
  });

  it('is refused with the reason of the server, and changes nothing', async () => {
    const { sessions, waited } = await signedIn();
    await waited(sessions.logOut());
    await expect(waited(sessions.logIn({ ...ME, password: 'wrong' }))).rejects.toEqual(
      refusal('bad_credentials'),
    );
    expect(sessions.store.getState()).toEqual({ status: 'signed_out', ended: false });
  });

  it('outlives the page', async () => {
    const { tab } = await signedIn();
    expect(tab().store.getState()).toMatchObject({ status: 'signed_in' });
  });
});

describe('a call', () => {
  it('is repeated once with a fresh token when its own has ended', async () => {
    const { sessions, accounts, network, waited } = await signedIn();
    accounts.expireAll();
    expect(await waited(listRooms({ client: sessions.api }))).toMatchObject({ items: [] });
    expect(accounts.refreshes).toBe(1);
    expect(network.called.filter((call) => call === 'GET /api/v1/rooms')).toHaveLength(2);
  });

  it('fails without signing anybody out when the network does', async () => {
    const { sessions, accounts, decide, waited } = await signedIn();
    accounts.expireAll();
    for (const fate of ['unreachable', 'busy', 'portal', 'bad_gateway'] as const) {
      decide('answered', fate);
      await expect(waited(listRooms({ client: sessions.api }))).rejects.toBeInstanceOf(ApiError);
      expect(sessions.store.getState().status).toBe('signed_in');
    }
    expect(await waited(listRooms({ client: sessions.api }))).toMatchObject({ items: [] });
  });

  it('ends the session when the refresh token is refused, and says that it was ended', async () => {
    const { sessions, accounts, place, forgotten, waited } = await signedIn();
    accounts.revokeAll();
    await expect(waited(listRooms({ client: sessions.api }))).rejects.toEqual(refusal('bad_refresh_token'));
    expect(sessions.store.getState()).toEqual({ status: 'signed_out', ended: true });
    expect(place.kept).toBeUndefined();
    // What was typed waits for the next log-in.
    expect(forgotten).toEqual([]);
  });

  it('is made for nobody else when another tab has changed the person meanwhile', async () => {
    const { sessions, network, place, waited } = await signedIn();
    const other = network.accounts.logIn(network.server.person('other').id);
    // The news of it is still on its way.
    place.kept = other;
    const calls = network.called.length;
    await expect(waited(listRooms({ client: sessions.api }))).rejects.toEqual(refusal('not_authenticated'));
    expect(network.called).toHaveLength(calls);
    expect(sessions.store.getState()).toMatchObject({ status: 'signed_in', user: { username: 'other' } });
  });
});

describe('a refresh', () => {
  it('happens once when all tabs need it at the same time', async () => {
    const { sessions, accounts, tab, waited } = await signedIn();
    const tabs = [sessions, tab(), tab()];
    accounts.expireAll();
    const calls = tabs.flatMap(({ api }) => [listRooms({ client: api }), listRooms({ client: api })]);
    for (const answer of await waited(Promise.all(calls), 500)) expect(answer).toMatchObject({ items: [] });
    expect(accounts.refreshes).toBe(1);
  });

  it('is done by another tab when the one that did it is killed', async () => {
    const { sessions, locks, tab, decide, time, waited } = await signedIn();
    let alive = true;
    const killed = tab(() => alive);
    decide('late');
    void killed.freshToken().catch(() => undefined);
    await time.advance(10);
    alive = false;
    locks.sweep();
    expect(await waited(sessions.freshToken())).toMatch(/access/);
    expect(sessions.store.getState().status).toBe('signed_in');
  });

  it('that got lost is repeated, and nobody is signed out', async () => {
    const { sessions, decide, waited } = await signedIn();
    decide('lost');
    await expect(waited(sessions.freshToken())).rejects.toEqual(refusal('network'));
    expect(await waited(sessions.freshToken())).toMatch(/access/);
    expect(await waited(sessions.freshToken())).toMatch(/access/);
  });

  it('that got lost is repeated in time by itself, also when nobody needs a token', async () => {
    const { sessions, accounts, decide, time, waited } = await signedIn();
    decide('lost', 'unreachable', 'busy');
    await expect(waited(sessions.freshToken())).rejects.toEqual(refusal('network'));
    await time.advance(600_000);
    expect(accounts.refreshes).toBe(2);
    expect(time.waiting).toBe(0);
    expect(await waited(sessions.freshToken())).toMatch(/access/);
  });

  it('that is repeated too late ends the session', async () => {
    const { sessions, decide, time, waited } = await signedIn();
    decide('lost', ...Array<CallFate>(9).fill('unreachable'));
    await expect(waited(sessions.freshToken())).rejects.toEqual(refusal('network'));
    await time.advance(61_000);
    decide();
    await expect(waited(sessions.freshToken())).rejects.toEqual(refusal('refresh_reused'));
    expect(sessions.store.getState()).toEqual({ status: 'signed_out', ended: true });
  });

  it('does not wait for ever for a tab that does not finish', async () => {
    const { sessions, tab, decide, time, waited } = await signedIn();
    decide('too_late');
    void tab()
      .freshToken()
      .catch(() => undefined);
    await time.advance(10);
    // The other one gives up first, and this one has its turn then.
    expect(await waited(sessions.freshToken(), 40_000)).toMatch(/access/);
  });

  it('brings nobody back who has logged out meanwhile', async () => {
    const { sessions, place, tab, decide, time, waited } = await signedIn();
    const other = tab();
    decide('late');
    const refreshing = other.freshToken();
    refreshing.catch(() => undefined);
    await time.advance(10);
    await waited(sessions.logOut());
    await expect(waited(refreshing, 5_000)).rejects.toEqual(refusal('not_authenticated'));
    expect(place.kept).toBeUndefined();
    expect(other.store.getState()).toMatchObject({ status: 'signed_out' });
  });
});

describe('a log-out', () => {
  it('takes everything off the device, in all tabs, also when the server is not reached', async () => {
    const { sessions, tab, place, decide, forgotten, waited } = await signedIn();
    const other = tab();
    decide('unreachable');
    await waited(sessions.logOut());
    expect(place.kept).toBeUndefined();
    expect(forgotten).toEqual(['me']);
    for (const each of [sessions, other])
      expect(each.store.getState()).toEqual({ status: 'signed_out', ended: false });
  });

  it('ends the log-in at the server', async () => {
    const { sessions, place, accounts, waited } = await signedIn();
    const token = place.kept?.refresh_token ?? '';
    await waited(sessions.logOut());
    expect(() => accounts.refresh(token)).toThrow('revoked');
  });
});

describe('a new display name', () => {
  it('is known here and in the other tabs', async () => {
    const { sessions, place, tab, time } = await signedIn();
    const other = tab();
    const user = { ...(place.kept as Kept).user, display_name: 'Ada' };
    sessions.remember(user);
    await time.advance(10);
    for (const each of [sessions, other])
      expect(each.store.getState()).toMatchObject({ user: { display_name: 'Ada' } });
  });
});
