/** Web Locks in memory. Those of a tab that is killed become free. */
type Work = (lock: Lock | null) => unknown;

interface Waiting {
  readonly isDead: () => boolean;
  readonly run: () => void;
}

export class VirtualLocks {
  readonly #held = new Map<string, () => boolean>();
  readonly #queues = new Map<string, Waiting[]>();

  /** Holds a lock until it is released by what this returns. */
  hold(name: string): () => void {
    let released = false;
    this.#held.set(name, () => released);
    return () => {
      released = true;
      this.#next(name);
    };
  }

  /** The locks as a tab sees them. */
  of(isDead: () => boolean): Pick<LockManager, 'request'> {
    const request = (name: string, second: LockOptions | Work, third?: Work) => {
      const [options, work] = third ? [second as LockOptions, third] : [{}, second as Work];
      return this.#request(name, options, work, isDead);
    };
    return { request } as Pick<LockManager, 'request'>;
  }

  #request(name: string, { ifAvailable, signal }: LockOptions, work: Work, isDead: () => boolean) {
    return new Promise<unknown>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#isHeld(name) && ifAvailable) return resolve(work(null));
      const waiting: Waiting = {
        isDead,
        run: () => {
          this.#held.set(name, isDead);
          const done = Promise.resolve().then(() => work({ name, mode: 'exclusive' }));
          const free = () => {
            if (this.#held.get(name) === isDead) this.#held.delete(name);
            this.#next(name);
          };
          done.then(resolve, reject).finally(free);
        },
      };
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, [...queue, waiting]);
      signal?.addEventListener('abort', () => {
        const left = this.#queues.get(name) ?? [];
        if (left.includes(waiting)) reject(signal.reason);
        this.#queues.set(
          name,
          left.filter((other) => other !== waiting),
        );
      });
      this.#next(name);
    });
  }

  #next(name: string): void {
    if (this.#isHeld(name)) return;
    const queue = this.#queues.get(name) ?? [];
    const next = queue.shift();
    if (!next) return void this.#queues.delete(name);
    if (next.isDead()) this.#next(name);
    else next.run();
  }

  /** Whoever died has released it. */
  #isHeld(name: string): boolean {
    const isReleased = this.#held.get(name);
    if (!isReleased) return false;
    if (!isReleased()) return true;
    this.#held.delete(name);
    return false;
  }

  /** Looks for locks whose holders died. */
  sweep(): void {
    for (const name of this.#queues.keys()) this.#next(name);
  }
}
