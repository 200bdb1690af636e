/**
 * The tabs of one person in one browser. Each has its own connection and sends its own messages; what a closed tab
 * left in the outbox is adopted by one of the others.
 *
 * A tab holds a Web Lock with its name as long as it lives; whoever gets that lock knows that it is gone, and the
 * browser sees to it that it is one only.
 */
import { v7 } from 'uuid';
import type { RoomId, UserId } from '../model.ts';
import { browserLocks } from './locks.ts';

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
  /** Waits until the tab is gone and runs `adopt` then, while no other tab does the same. */
  whenGone(tab: string, adopt: () => Promise<void>): Promise<void>;
  close(): void;
}

export function browserTabs(user: UserId): Tabs {
  // Not `crypto.randomUUID`, which pages over plain HTTP do not have.
  const name = v7();
  const locks = browserLocks();
  const channel = new BroadcastChannel(`chappe-${user}`);
  const lock = (tab: string) => `chappe-tab-${tab}`;
  const life = new AbortController();
  const { signal } = life;
  const lifetime = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  void locks.request(lock(name), () => lifetime);
  return {
    name,
    tell: (word) => {
      if (!signal.aborted) channel.postMessage(word);
    },
    listen: (listener) => {
      channel.onmessage = ({ data }: MessageEvent<Word>) => listener(data);
    },
    whenGone: async (tab, adopt) => {
      try {
        await locks.request(lock(tab), { signal }, adopt);
      } catch (error) {
        // This tab is closed first.
        if (!signal.aborted) throw error;
      }
    },
    close: () => {
      life.abort();
      channel.close();
    },
  };
}
