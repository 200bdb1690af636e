/**
 * Time that passes when a test says so: timers, clocks and the patience of requests. Between two timers everything
 * that follows from the first one is done, also what waits for the bodies of answers.
 */
import { vi } from 'vitest';

const BEGINNING = Date.parse('2026-03-01T08:00:00Z');

interface Timer {
  readonly at: number;
  readonly run: () => void;
}

export class VirtualTime {
  #elapsed = 0;
  #next = 1;
  readonly #timers = new Map<number, Timer>();
  readonly #turn = setImmediate;
  /** How far the device's clock is off. */
  clockError = 0;

  /** Replaces the time of this test file, until `vi.unstubAllGlobals` and `vi.restoreAllMocks`. */
  install(): void {
    vi.stubGlobal('setTimeout', (run: () => void, wait = 0) => this.#add(run, wait));
    vi.stubGlobal('clearTimeout', (timer: number | undefined) => this.#timers.delete(timer ?? 0));
    vi.spyOn(Date, 'now').mockImplementation(() => this.now + this.clockError);
    vi.spyOn(performance, 'now').mockImplementation(() => this.#elapsed);
    vi.spyOn(AbortSignal, 'timeout').mockImplementation((wait) => {
      const patience = new AbortController();
      this.#add(() => patience.abort(new DOMException('too late', 'TimeoutError')), wait);
      return patience.signal;
    });
  }

  /** Milliseconds since 1970, as the server sees it. */
  get now(): number {
    return BEGINNING + this.#elapsed;
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  async advance(milliseconds: number): Promise<void> {
    const until = this.#elapsed + milliseconds;
    for (;;) {
      await this.settle();
      const next = this.#earliest();
      if (!next || next[1].at > until) break;
      this.#timers.delete(next[0]);
      this.#elapsed = Math.max(this.#elapsed, next[1].at);
      next[1].run();
    }
    this.#elapsed = until;
  }

  /** Lets everything happen that waits for no timer. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 2; turn += 1) await new Promise<void>((resolve) => this.#turn(resolve));
  }

  #add(run: () => void, wait: number): number {
    const timer = this.#next++;
    this.#timers.set(timer, { at: this.#elapsed + Math.max(1, wait), run });
    return timer;
  }

  #earliest(): [number, Timer] | undefined {
    let earliest: [number, Timer] | undefined;
    for (const entry of this.#timers) if (!earliest || entry[1].at < earliest[1].at) earliest = entry;
    return earliest;
  }
}
