/**
 * The server's time, as far as its answers tell: the clock of a device may be hours off, and what was written now
 * shall not look like yesterday's.
 */

/** A difference that is smaller than what `Date` headers and the way here hide is none. */
const NOTICEABLE = 30_000;

export class ServerClock {
  #offset = 0;

  /** Milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#offset;
  }

  /** Learns from the `Date` header of an answer that has just arrived. */
  learn(date: string | null): void {
    const told = date ? Date.parse(date) : Number.NaN;
    if (Number.isNaN(told)) return;
    const offset = told - Date.now();
    this.#offset = Math.abs(offset) < NOTICEABLE ? 0 : offset;
  }
}
