/**
 * The tabs of one person in one browser. Each has its own connection and sends its own messages; what a closed tab
 * left in the outbox is adopted by one of the others.
 *
 * A tab holds a Web Lock with its name as long as it lives; whoever gets that lock knows that it is gone, and the
 * browser sees to it that it is one only.
 */
import type { RoomId, UserId } from './model.ts';

export type Word =
  /** The outbox was changed. */
  | { readonly about: 'outbox' }
  /** A draft was changed; read it anew. */
  | { readonly about: 'draft'; readonly room: RoomId };

export interface Tabs {
  /** This tab's name. */
  readonly name: string;
  tell(word: Word): void;
  listen(listener: (word: Word) => void): void;
  /** Runs `adopt` when the tab is gone, and keeps other tabs from doing the same meanwhile. */
  whenGone(tab: string, adopt: () => Promise<void>): Promise<void>;
  close(): void;
}

export function browserTabs(user: UserId): Tabs {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(`chappe-${user}`);
  const lock = (tab: string) => `chappe-tab-${tab}`;
  let release = () => {};
  const lifetime = new Promise<void>((resolve) => {
    release = resolve;
  });
  void navigator.locks.request(lock(name), () => lifetime);
  return {
    name,
    tell: (word) => channel.postMessage(word),
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<Word>) => listener(data);
    },
    whenGone: async (tab, adopt) => {
      await navigator.locks.request(lock(tab), { ifAvailable: true }, async (held) => {
        if (held) await adopt();
      });
    },
    close: () => {
      release();
      channel.close();
    },
  };
}
