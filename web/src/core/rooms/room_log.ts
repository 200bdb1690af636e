/**
 * The judge of order in one room: an event is passed on exactly once, and behind the one before it.
 *
 * Invariant: `seq` is that of the last event that was passed on, or of the snapshot that the room was fetched with.
 */
import type { EventFrame, Seq } from '../generated/frames.ts';

/** Events that wait for one before them. Beyond that the room is fetched anew. */
export const MOST_HELD = 1_000;

/** What to do about a room after an event. */
export type Verdict =
  /** Apply these, in this order; none when the event was known, or waits. */
  | { readonly apply: readonly EventFrame[]; readonly missing?: undefined }
  /** An event before it is missing: ask for a replay, or fetch the room where that would be too many. */
  | { readonly apply: readonly []; readonly missing: 'replay' | 'room' };

const NOTHING: Verdict = { apply: [] };

export class RoomLog {
  #seq: Seq;
  /** The last event that is known to exist. */
  #head: Seq;
  readonly #held = new Map<Seq, EventFrame>();
  /** The room is being fetched: everything waits. */
  #fetching = false;
  #replayedTo: Seq = -1;

  constructor(seq: Seq) {
    this.#seq = seq;
    this.#head = seq;
  }

  get seq(): Seq {
    return this.#seq;
  }

  get fetching(): boolean {
    return this.#fetching;
  }

  /** Whether an event exists that is not here, and that nobody has been asked for. */
  get behind(): boolean {
    return !this.#fetching && this.#seq < this.#head;
  }

  /** Events that wait. */
  get held(): number {
    return this.#held.size;
  }

  /** The room is said to have an event of this position. */
  heard(seq: Seq): void {
    this.#head = Math.max(this.#head, seq);
  }

  take(event: EventFrame): Verdict {
    if (event.seq <= this.#seq) return NOTHING;
    this.heard(event.seq);
    if (event.seq === this.#seq + 1 && !this.#fetching) {
      this.#seq = event.seq;
      return { apply: [event, ...this.#following()] };
    }
    if (this.#held.size >= MOST_HELD) {
      this.#held.clear();
      return this.#fetching ? NOTHING : { apply: [], missing: 'room' };
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
    this.heard(seq);
    return this.#following();
  }

  /** All events up to `to` were replayed. If that was so before, what was said of later ones is not true. */
  replayed(to: Seq): void {
    if (to === this.#replayedTo) this.#head = Math.max(to, ...this.#held.keys());
    this.#replayedTo = to;
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
