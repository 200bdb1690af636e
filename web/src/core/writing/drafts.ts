/** What was typed and not sent, by room. */

import type { Tabs } from '../browser/tabs.ts';
import type { LiveStore } from '../live_store.ts';
import type { Draft, RoomId } from '../model.ts';
import type { Storage } from '../storage/storage.ts';

/** Milliseconds. */
const PACE = 400;

export class Drafts {
  readonly #live: LiveStore;
  readonly #storage: Storage;
  readonly #tabs: Tabs;
  /** What is not written down yet, with the draft as it was typed last. */
  readonly #unsaved = new Map<RoomId, Draft | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(live: LiveStore, storage: Storage, tabs: Tabs) {
    this.#live = live;
    this.#storage = storage;
    this.#tabs = tabs;
  }

  /** From the last visit; what was typed since stays. */
  restore(drafts: ReadonlyMap<RoomId, Draft>): void {
    const typed = this.#live.state.drafts;
    const saved = [...drafts].filter(([room]) => !this.#unsaved.has(room));
    this.#live.change({ drafts: { ...typed, ...Object.fromEntries(saved) } });
  }

  save(room: RoomId, draft: Draft): void {
    const empty = draft.text.trim() === '' && draft.reply_to === undefined;
    const kept = empty ? undefined : draft;
    this.#live.put('drafts', room, kept);
    this.#unsaved.set(room, kept);
    this.#timer ??= setTimeout(() => void this.flush(), PACE);
  }

  /** All at once: the page may have no time for one after the other. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.all([...this.#unsaved].map(([room, draft]) => this.#write(room, draft)));
  }

  /** Another tab has changed a draft; what is being typed here stays. */
  async changedElsewhere(room: RoomId): Promise<void> {
    if (this.#unsaved.has(room)) return;
    const draft = await this.#storage.loadDraft(room);
    if (!this.#unsaved.has(room)) this.#live.put('drafts', room, draft);
  }

  async #write(room: RoomId, draft: Draft | undefined): Promise<void> {
    await this.#storage.saveDraft(room, draft);
    // More may have been typed meanwhile.
    if (this.#unsaved.has(room) && this.#unsaved.get(room) === draft) this.#unsaved.delete(room);
    this.#tabs.tell({ about: 'draft', room });
  }
}
