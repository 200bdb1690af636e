/** The client in a browser: its database, locks, tabs, sockets and frames. */
import { browserFrames } from './browser_frames.ts';
import type { Client } from './client.ts';
import { ServerClock } from './clock.ts';
import { createClient } from './create_client.ts';
import { issueTicket } from './generated/rest/sdk.gen.ts';
import type { User } from './model.ts';
import type { Sessions } from './session.ts';
import { createSessions, type Kept, type SessionPlace } from './sessions.ts';
import { FallbackStorage } from './storage/fallback.ts';
import { browserTabs } from './tabs.ts';

const SESSION = 'chappe-session';
const clock = new ServerClock();

export function browserSessions(): Sessions {
  return createSessions({
    base: '',
    place: sessionPlace(),
    locks: navigator.locks,
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

/** Local storage, or memory where the browser forbids it: then the session ends with the page. */
function sessionPlace(): SessionPlace {
  let memory: Kept | undefined;
  return {
    read() {
      try {
        const text = localStorage.getItem(SESSION);
        return text === null ? memory : parse(text);
      } catch {
        return memory;
      }
    },
    write(session) {
      memory = session;
      try {
        if (session) localStorage.setItem(SESSION, JSON.stringify(session));
        else localStorage.removeItem(SESSION);
      } catch {
        // Memory has it.
      }
    },
    listen(listener) {
      addEventListener('storage', (event) => {
        if (event.key !== SESSION && event.key !== null) return;
        memory = undefined;
        listener();
      });
    },
  };
}

function parse(text: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(text);
    const whole = typeof kept === 'object' && kept !== null && 'user' in kept && 'refresh_token' in kept;
    return whole ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}
