/** The client in a browser: its database, locks, tabs, sockets and frames. */
import { browserFrames } from './browser/frames.ts';
import { browserLocks } from './browser/locks.ts';
import { browserTabs } from './browser/tabs.ts';
import type { Client } from './client.ts';
import { ServerClock } from './clock.ts';
import { createClient } from './create_client.ts';
import { issueTicket } from './generated/rest/sdk.gen.ts';
import type { User } from './model.ts';
import type { Sessions } from './session.ts';
import { localSessionPlace } from './sessions/session_place.ts';
import { createSessions } from './sessions/sessions.ts';
import { FallbackStorage } from './storage/fallback.ts';

const clock = new ServerClock();

export function browserSessions(): Sessions {
  return createSessions({
    base: '',
    place: localSessionPlace(),
    locks: browserLocks(),
    clock,
    fetch: (request) => fetch(request),
    forget: (user) => new FallbackStorage(user.id).clear(),
  });
}

/** A client for who is signed in. It follows the browser's network, and writes down what is open when the page goes. */
export function browserClient(sessions: Sessions, user: User): Client {
  const client = createClient({
    user,
    api: sessions.api,
    storage: new FallbackStorage(user.id),
    tabs: browserTabs(user.id),
    clock,
    frames: browserFrames,
    access: {
      ticket: async () => (await issueTicket({ client: sessions.api })).ticket,
      freshToken: () => sessions.freshToken(),
      openSocket: (ticket) => new WebSocket(socketUrl(), ['chappe.v1', `ticket.${ticket}`]),
    },
  });
  const listening = new AbortController();
  const { signal } = listening;
  addEventListener('online', () => client.reconnect(), { signal });
  addEventListener('offline', () => client.goOffline(), { signal });
  addEventListener('pagehide', () => void client.flush(), { signal });
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.visibilityState === 'visible') client.reconnect();
      else void client.flush();
    },
    { signal },
  );
  return {
    ...client,
    start: async () => {
      await client.start();
      if (!navigator.onLine) client.goOffline();
    },
    stop: async () => {
      listening.abort();
      await client.stop();
    },
  };
}

function socketUrl(): string {
  const url = new URL('/api/v1/ws', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}
