/** What was typed and not sent, by room. */
import type { LiveStore } from './live_store.ts';
import type { Draft, RoomId } from './model.ts';
import type { Storage } from './storage/storage.ts';
import type { Tabs } from './tabs.ts';

/** Milliseconds. */
const PACE = 400;

export class Drafts {
  readonly #live: LiveStore;
  readonly #storage: Storage;
  readonly #tabs: Tabs;
  readonly #unsaved = new Set<RoomId>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(live: LiveStore, storage: Storage, tabs: Tabs) {
    this.#live = live;
    this.#storage = storage;
    this.#tabs = tabs;
  }

  restore(drafts: ReadonlyMap<RoomId, Draft>): void {
    this.#live.change({ drafts: Object.fromEntries(drafts) });
  }

  save(room: RoomId, draft: Draft): void {
    const empty = draft.text.trim() === '' && draft.reply_to === undefined;
    this.#live.put('drafts', room, empty ? undefined : draft);
    this.#unsaved.add(room);
    this.#timer ??= setTimeout(() => void this.flush(), PACE);
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const rooms = [...this.#unsaved];
    this.#unsaved.clear();
    for (const room of rooms) {
      await this.#storage.saveDraft(room, this.#live.state.drafts[room]);
      this.#tabs.tell({ about: 'draft', room });
    }
  }

  /** Another tab has changed a draft; what is being typed here stays. */
  async changedElsewhere(room: RoomId): Promise<void> {
    if (this.#unsaved.has(room)) return;
    const draft = await this.#storage.loadDraft(room);
    if (!this.#unsaved.has(room)) this.#live.put('drafts', room, draft);
  }
}
