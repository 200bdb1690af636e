import type { Kept, SessionPlace } from './sessions.ts';

const SESSION = 'chappe-session';

/** Local storage, or memory where the browser forbids it: then the session ends with the page. */
export function localSessionPlace(): SessionPlace {
  /** What could not be written. */
  let memory: { readonly kept: Kept | undefined } | undefined;
  return {
    read() {
      if (memory) return memory.kept;
      try {
        return parse(localStorage.getItem(SESSION));
      } catch {
        return undefined;
      }
    },
    write(session) {
      try {
        if (session) localStorage.setItem(SESSION, JSON.stringify(session));
        else localStorage.removeItem(SESSION);
        memory = undefined;
      } catch {
        memory = { kept: session };
      }
    },
    listen(listener) {
      addEventListener('storage', (event) => {
        // Cleared as a whole, there is no key.
        if (event.key === SESSION || event.key === null) listener();
      });
    },
  };
}

function parse(text: string | null): Kept | undefined {
  if (text === null) return undefined;
  try {
    const kept: unknown = JSON.parse(text);
    const whole = typeof kept === 'object' && kept !== null && 'user' in kept && 'refresh_token' in kept;
    return whole ? (kept as Kept) : undefined;
  } catch {
    return undefined;
  }
}
