/** Parts of the core on their own: a state that anything may be put into, and a storage whose steps can be held up. */

import type { Tabs, Word } from '../browser/tabs.ts';
import { LiveStore } from '../live_store.ts';
import type { LiveState, User } from '../model.ts';
import { MemoryStorage } from '../storage/memory.ts';

export const ME: User = {
  id: 'me',
  username: 'me',
  display_name: 'Me',
  kind: 'person',
  created_at: '2026-03-01T08:00:00.000Z',
};

export function liveStore(change: Partial<LiveState> = {}): LiveStore {
  const state: LiveState = {
    connection: { status: 'connecting' },
    me: ME,
    ready: true,
    failure: undefined,
    rooms: {},
    timelines: {},
    outbox: {},
    readers: {},
    drafts: {},
    departed: {},
    durability: 'durable',
    ...change,
  };
  return new LiveStore(state, (draw) => setTimeout(draw, 16));
}

/** Steps wait for each other, and each for `pace` milliseconds. */
export class SlowStorage extends MemoryStorage {
  pace = 0;
  #before: Promise<unknown> = Promise.resolve();

  override saveRooms(...call: Parameters<MemoryStorage['saveRooms']>) {
    return this.#step(() => super.saveRooms(...call));
  }

  override loadOutbox() {
    return this.#step(() => super.loadOutbox());
  }

  override putOutgoing(...call: Parameters<MemoryStorage['putOutgoing']>) {
    return this.#step(() => super.putOutgoing(...call));
  }

  override removeOutgoing(...call: Parameters<MemoryStorage['removeOutgoing']>) {
    return this.#step(() => super.removeOutgoing(...call));
  }

  override loadDraft(...call: Parameters<MemoryStorage['loadDraft']>) {
    return this.#step(() => super.loadDraft(...call));
  }

  override saveDraft(...call: Parameters<MemoryStorage['saveDraft']>) {
    return this.#step(() => super.saveDraft(...call));
  }

  #step<T>(work: () => Promise<T>): Promise<T> {
    const wait = () => new Promise((resolve) => setTimeout(resolve, this.pace));
    const step = this.#before.then(() => (this.pace > 0 ? wait() : undefined)).then(work);
    this.#before = step;
    return step;
  }
}

/** A tab among others, which `close` with `gone`. */
export function looseTabs(name = 'this tab') {
  const told: Word[] = [];
  const waiting = new Map<string, () => Promise<void>>();
  const tabs: Tabs = {
    name,
    tell: (word) => told.push(word),
    listen: () => {},
    whenGone: (tab, adopt) =>
      new Promise((resolve) => {
        waiting.set(tab, () => adopt().then(resolve));
      }),
    close: () => {},
  };
  const gone = async (tab: string) => {
    await waiting.get(tab)?.();
  };
  return { tabs, told, gone, waiting };
}
