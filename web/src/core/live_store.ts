/**
 * The live state: changed at once for those who change it, published at most once per frame for those who look.
 *
 * A hundred events in one frame are a hundred small changes here and one rendering there.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LiveState } from './model.ts';

/** Calls back before the next frame is drawn, or soon where none is drawn. */
export type Frames = (callback: () => void) => void;

export class LiveStore {
  /** What is published. */
  readonly published: StoreApi<LiveState>;
  readonly #frames: Frames;
  #current: LiveState;
  #scheduled = false;

  constructor(initial: LiveState, frames: Frames) {
    this.#current = initial;
    this.#frames = frames;
    this.published = createStore(() => initial);
  }

  /** The state as it is, which may be newer than what is published. */
  get state(): LiveState {
    return this.#current;
  }

  change(change: Partial<LiveState>): void {
    this.#current = { ...this.#current, ...change };
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#frames(() => this.publish());
  }

  /** Puts one entry of a record, or takes it away. */
  put<K extends RecordKey>(record: K, id: string, value: Entry<K> | undefined): void {
    const { [id]: before, ...others } = this.#current[record] as Record<string, unknown>;
    if (before === value) return;
    const entries = value === undefined ? others : { ...this.#current[record], [id]: value };
    this.change({ [record]: entries } as Partial<LiveState>);
  }

  publish(): void {
    this.#scheduled = false;
    if (this.published.getState() !== this.#current) this.published.setState(this.#current, true);
  }
}

type RecordKey = 'rooms' | 'timelines' | 'outbox' | 'readers' | 'drafts' | 'departed';
type Entry<K extends RecordKey> = NonNullable<LiveState[K][string]>;
