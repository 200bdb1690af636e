/**
 * Drafts on their way into the database. A page that goes can't wait for a database, and what it has not finished
 * there is taken back; local storage is written at once.
 */
import type { Draft, RoomId, UserId } from '../model.ts';

export interface DraftJournal {
  /** `undefined` where a draft is on its way out. */
  read(): ReadonlyMap<RoomId, Draft | undefined>;
  put(room: RoomId, draft: Draft | undefined): void;
  /** The database has it; another one may have come meanwhile, and stays. */
  settle(room: RoomId, draft: Draft | undefined): void;
  clear(): void;
}

type Kept = Record<RoomId, Draft | null>;

/** In the local storage of the browser, as far as it allows that. */
export function localDraftJournal(user: UserId): DraftJournal {
  const key = `chappe-drafts-${user}`;

  function read(): Kept {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
      return typeof kept === 'object' && kept !== null ? (kept as Kept) : {};
    } catch {
      return {};
    }
  }

  function write(kept: Kept): void {
    try {
      if (Object.keys(kept).length > 0) localStorage.setItem(key, JSON.stringify(kept));
      else localStorage.removeItem(key);
    } catch {
      // The database will have it, if the page lives long enough.
    }
  }

  return {
    read: () => new Map(Object.entries(read()).map(([room, draft]) => [room, draft ?? undefined])),
    put: (room, draft) => write({ ...read(), [room]: draft ?? null }),
    settle(room, draft) {
      const { [room]: now, ...others } = read();
      if (now !== undefined && same(now ?? undefined, draft)) write(others);
    },
    clear: () => write({}),
  };
}

function same(a: Draft | undefined, b: Draft | undefined): boolean {
  return a?.text === b?.text && a?.reply_to === b?.reply_to;
}
