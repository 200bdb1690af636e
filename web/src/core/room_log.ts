/**
 * The judge of order in one room: an event is passed on exactly once, and behind the one before it.
 *
 * Invariant: `seq` is that of the last event that was passed on, or of the snapshot that the room was fetched with.
 */
import type { EventFrame, Seq } from './generated/frames.ts';

/** Events that wait for one before them. Beyond that the room is fetched anew. */
const MOST_HELD = 1_000;

/** What to do about a room after an event. */
export type Verdict =
  /** Apply these, in this order; none when the event was known, or waits. */
  | { readonly apply: readonly EventFrame[]; readonly missing?: undefined }
  /** An event before it is missing: ask for a replay, or fetch the room where that would be too many. */
  | { readonly apply: readonly []; readonly missing: 'replay' | 'room' };

const NOTHING: Verdict = { apply: [] };

export class RoomLog {
  #seq: Seq;
  readonly #held = new Map<Seq, EventFrame>();
  /** The room is being fetched: everything waits. */
  #fetching = false;

  constructor(seq: Seq) {
    this.#seq = seq;
  }

  get seq(): Seq {
    return this.#seq;
  }

  get fetching(): boolean {
    return this.#fetching;
  }

  take(event: EventFrame): Verdict {
    if (event.seq <= this.#seq) return NOTHING;
    if (event.seq === this.#seq + 1 && !this.#fetching) {
      this.#seq = event.seq;
      return { apply: [event, ...this.#following()] };
    }
    if (this.#held.size >= MOST_HELD) {
      this.#held.clear();
      return { apply: [], missing: 'room' };
    }
    this.#held.set(event.seq, event);
    return this.#fetching ? NOTHING : { apply: [], missing: 'replay' };
  }

  /** Everything waits until `fetched`. */
  fetch(): void {
    this.#fetching = true;
  }

  /** The room was fetched and stands at `seq`; returns what follows. */
  fetched(seq: Seq): readonly EventFrame[] {
    this.#fetching = false;
    this.#seq = seq;
    return this.#following();
  }

  #following(): EventFrame[] {
    const following: EventFrame[] = [];
    for (const seq of this.#held.keys()) if (seq <= this.#seq) this.#held.delete(seq);
    for (;;) {
      const next = this.#held.get(this.#seq + 1);
      if (!next) return following;
      this.#held.delete(next.seq);
      this.#seq = next.seq;
      following.push(next);
    }
  }
}
