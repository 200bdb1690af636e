/**
 * What the person has read here, until the server knows it.
 *
 * Invariant: a position is told again after every connection until it came back, so that none is lost with a socket;
 * positions only move forward, so telling one twice does no harm.
 */
import type { Connection } from './connection.ts';
import type { Count, RoomId } from './model.ts';

/** Milliseconds: scrolling through a room is one position. */
const PACE = 250;

export class ReadPositions {
  readonly #connection: Pick<Connection, 'tell'>;
  readonly #pending = new Map<RoomId, Count>();
  readonly #untold = new Set<RoomId>();
  #timer: ReturnType<typeof setTimeout> | undefined;

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

  /** A new connection: the last one may have swallowed them. */
  tellAll(): void {
    for (const room of this.#pending.keys()) this.#untold.add(room);
    this.#tell();
  }

  stop(): void {
    this.#tell();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const room of this.#untold) {
      const n = this.#pending.get(room);
      if (n !== undefined && !this.#connection.tell({ t: 'read', room, n })) return;
      this.#untold.delete(room);
    }
  }
}
