/**
 * What the person has read here, until the server knows it.
 *
 * Invariant: a position is told again, after a while and after every connection, until it came back, so that none is
 * lost with a socket or a service; positions only move forward, so telling one twice does no harm.
 */
import type { Connection } from '../connection.ts';
import type { Count, RoomId } from '../model.ts';

/** Milliseconds: scrolling through a room is one position. */
const PACE = 250;
/** Milliseconds until what did not come back is told again, at first and at most. */
const AGAIN = 10_000;
const LONGEST = 300_000;

export class ReadPositions {
  readonly #connection: Pick<Connection, 'tell'>;
  readonly #pending = new Map<RoomId, Count>();
  readonly #untold = new Set<RoomId>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #repeat: ReturnType<typeof setTimeout> | undefined;
  #repeats = 0;
  #stopped = false;

  constructor(connection: Pick<Connection, 'tell'>) {
    this.#connection = connection;
  }

  isPending(room: RoomId): boolean {
    return this.#pending.has(room);
  }

  move(room: RoomId, n: Count): void {
    if ((this.#pending.get(room) ?? 0) >= n) return;
    this.#pending.set(room, n);
    this.#untold.add(room);
    this.#repeats = 0;
    // The next visit tells it then.
    if (this.#stopped) return;
    this.#timer ??= setTimeout(() => this.#tell(), PACE);
  }

  /** The server knows. */
  confirmed(room: RoomId, n: Count): void {
    if ((this.#pending.get(room) ?? 0) <= n) this.forget(room);
  }

  forget(room: RoomId): void {
    this.#pending.delete(room);
    this.#untold.delete(room);
  }

  /** They were of another life of the server: there they would mark as read what nobody has seen. */
  forgetAll(): void {
    this.#pending.clear();
    this.#untold.clear();
  }

  /** A new connection, or a long silence: the last telling may have got lost. */
  tellAll(): void {
    for (const room of this.#pending.keys()) this.#untold.add(room);
    this.#tell();
  }

  /** Tells at once what is not told yet: the page may go. */
  flush(): void {
    this.#tell();
  }

  /** Tells what is not told yet, for the last time. */
  stop(): void {
    this.#stopped = true;
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#repeat);
    this.#timer = undefined;
    for (const room of this.#untold) {
      const n = this.#pending.get(room);
      if (n !== undefined && !this.#connection.tell({ t: 'read', room, n })) return;
      this.#untold.delete(room);
    }
    if (this.#stopped || this.#pending.size === 0) return;
    this.#repeat = setTimeout(() => this.tellAll(), Math.min(LONGEST, AGAIN * 2 ** this.#repeats));
    this.#repeats += 1;
  }
}
