/** Small things that are remembered on this device between visits. */
import type { RoomId, UserId } from '#/core/model.ts';

/** Who signed in last, for the log-in page after a session has ended. */
export const username = kept('chappe.username');

/** The room that was open last. */
export function lastRoom(user: UserId): Kept<RoomId> {
  return kept(`chappe.room.${user}`);
}

interface Kept<Value extends string> {
  get(): Value | undefined;
  set(value: Value | undefined): void;
}

function kept(key: string): Kept<string> {
  return {
    get() {
      try {
        return localStorage.getItem(key) ?? undefined;
      } catch {
        return undefined;
      }
    },
    set(value) {
      try {
        if (value === undefined) localStorage.removeItem(key);
        else localStorage.setItem(key, value);
      } catch {
        // Storage is forbidden: nothing is remembered.
      }
    },
  };
}
