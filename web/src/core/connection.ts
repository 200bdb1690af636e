/**
 * One WebSocket after the other: opened with a ticket, kept alive, and opened again after it broke.
 *
 * Invariants: at most one socket is listened to; a request is answered at most once, and with `undefined` when its
 * socket is gone; between two attempts lies a pause that grows to `LONGEST_PAUSE` and is never shorter than the
 * server asked for.
 */
import { type ApiError, asApiError } from './api/error.ts';
import type { Ack, ClientFrame, Failure, Hello, Replayed, ServerFrame, Welcome } from './generated/frames.ts';
import type { ConnectionState } from './model.ts';

/** As much of a `WebSocket` as is used. */
export interface Socket {
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number }) => void): void;
  send(text: string): void;
  close(): void;
}

/** What it takes to connect. */
export interface Access {
  /** A ticket for one socket. Throws an `ApiError`. */
  ticket(): Promise<string>;
  /** A token that the server has just made. Throws an `ApiError`. */
  freshToken(): Promise<string>;
  openSocket(ticket: string): Socket;
}

export interface Listener {
  /** What the client has already; awaited before the socket is opened. Throws an `ApiError`. */
  hello(): Promise<Hello>;
  welcome(welcome: Welcome): void;
  /** Everything but what the connection itself deals with. */
  frame(frame: ServerFrame): void;
  state(state: ConnectionState): void;
  /** No attempt has succeeded yet, and this is why. */
  failed(error: ApiError): void;
}

type Answer = (Ack & { t: 'ack' }) | (Replayed & { t: 'replayed' }) | (Failure & { t: 'error' });
type Asking = Extract<ClientFrame, { ref: unknown }>;
type WithoutRef<F> = F extends unknown ? Omit<F, 'ref'> : never;

/** Milliseconds. */
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
/** After so many failures the pause is the longest one. */
const MANY = 6;
/** A connection that lasted so long makes the next pause short again. */
const STABLE_AFTER = 10_000;
const OPENED_WITHIN = 15_000;
const ANSWERED_WITHIN = 15_000;
/** Heartbeats without a word after which nobody is there. */
const SILENT_BEATS = 2.5;
/** Fewer are enough where there is a reason for doubt. */
const DOUBTFUL_BEATS = 1.5;

/** The server's close codes that say more than "come back". */
const NOT_AUTHENTICATED = 4401;
/** The person has too many connections. Whoever comes back at once drives the next one out. */
const REPLACED = 4409;
const TOO_FAST = 4429;
const TOO_FAST_PAUSE = 5_000;

export class Connection {
  readonly #access: Access;
  readonly #listener: Listener;
  #socket: Socket | undefined;
  #online = false;
  #running = false;
  /** Names the attempt: what an older one still brings is not listened to. */
  #attempt = 0;
  #failures = 0;
  #onlineSince = 0;
  #token: 'any' | 'fresh' = 'any';
  /** `performance.now()` before which the server does not want to see us. */
  #notBefore = 0;
  #heartbeat = 0;
  /** `Date.now()` of the last frame: unlike other clocks it goes on while the machine sleeps. */
  #heardAt = 0;
  #nextRef = 1;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #pause: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #departure: ReturnType<typeof setTimeout> | undefined;

  constructor(access: Access, listener: Listener) {
    this.#access = access;
    this.#listener = listener;
  }

  /** Whether requests go out at once. */
  get online(): boolean {
    return this.#online;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#abandon();
  }

  /**
   * Does not wait any longer than the server has asked for. A connection that should have been heard of since is
   * given up: the machine may have slept.
   */
  reconnect(): void {
    if (!this.#running) return;
    const silence = Date.now() - this.#heardAt;
    if (this.#online && silence >= 0 && silence <= this.#heartbeat * DOUBTFUL_BEATS) return;
    this.#failures = 0;
    this.#abandon();
    if (performance.now() < this.#notBefore) this.#wait();
    else void this.#connect();
  }

  /** The browser has lost its network: nothing will arrive. */
  goOffline(): void {
    if (!this.#running) return;
    this.#abandon();
    this.#listener.state({ status: 'offline' });
  }

  /** Says something; false where nobody hears it. */
  tell(frame: ClientFrame): boolean {
    if (!this.#online || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Asks something. `undefined`: it is not known whether the server has done it. */
  ask(frame: WithoutRef<Asking>): Promise<Answer | undefined> {
    const ref = this.#nextRef++;
    if (!this.tell({ ...frame, ref } as Asking)) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#lost(), ANSWERED_WITHIN);
      this.#waiting.set(ref, (answer) => {
        clearTimeout(late);
        resolve(answer);
      });
    });
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const current = () => this.#running && attempt === this.#attempt;
    this.#listener.state({ status: 'connecting' });
    try {
      if (this.#token === 'fresh') await this.#access.freshToken();
      this.#token = 'any';
      const hello = await this.#listener.hello();
      const ticket = await this.#access.ticket();
      if (current()) this.#open(ticket, hello, current);
    } catch (error) {
      if (!current()) return;
      const problem = asApiError(error);
      this.#listener.failed(problem);
      this.#wait(problem.retry_after_ms);
    }
  }

  #open(ticket: string, hello: Hello, current: () => boolean): void {
    const socket = this.#access.openSocket(ticket);
    this.#socket = socket;
    this.#expectWithin(OPENED_WITHIN);
    socket.addEventListener('open', () => {
      if (current()) socket.send(JSON.stringify({ t: 'hello', ...hello } satisfies ClientFrame));
    });
    socket.addEventListener('message', ({ data }) => {
      const frame = current() ? read(data) : undefined;
      if (frame) this.#take(frame);
    });
    socket.addEventListener('close', ({ code }) => {
      if (current()) this.#closed(code);
    });
  }

  #take(frame: ServerFrame): void {
    this.#heardAt = Date.now();
    if (this.#online) this.#expectWithin(this.#heartbeat * SILENT_BEATS);
    switch (frame.t) {
      case 'welcome':
        return this.#welcomed(frame);
      case 'ping':
        this.tell({ t: 'pong' });
        return this.#listener.frame(frame);
      case 'ack':
      case 'replayed':
      case 'error':
        return this.#answered(frame);
      case 'auth.expiring':
        return void this.#renew();
      case 'drain':
        return this.#leaveIn(frame.reconnect_in_ms);
      default:
        return this.#listener.frame(frame);
    }
  }

  #welcomed(welcome: Welcome): void {
    if (this.#online) return;
    this.#heartbeat = welcome.heartbeat_ms;
    this.#online = true;
    this.#onlineSince = performance.now();
    this.#expectWithin(this.#heartbeat * SILENT_BEATS);
    this.#listener.welcome(welcome);
    this.#listener.state({ status: 'online' });
  }

  #answered(answer: Answer): void {
    const ref = answer.ref;
    if (typeof ref !== 'number') return;
    const waiting = this.#waiting.get(ref);
    this.#waiting.delete(ref);
    // An answer is known before what follows it is listened to.
    waiting?.(answer);
  }

  /** The token ends soon: the connection stays with the next one. Without it the server closes it. */
  async #renew(): Promise<void> {
    const attempt = this.#attempt;
    try {
      const token = await this.#access.freshToken();
      if (attempt === this.#attempt) this.tell({ t: 'auth', token });
    } catch {
      // The close code tells what to do then.
    }
  }

  /** The gateway leaves: what is under way may end, and we come back when it is our turn. */
  #leaveIn(milliseconds: number): void {
    this.#notBefore = performance.now() + milliseconds;
    clearTimeout(this.#departure);
    this.#departure = setTimeout(() => {
      this.#forgive();
      this.#abandon();
      void this.#connect();
    }, milliseconds);
  }

  #closed(code: number): void {
    if (code === NOT_AUTHENTICATED) this.#token = 'fresh';
    this.#forgive();
    if (code === REPLACED) this.#failures = MANY;
    this.#abandon();
    this.#wait(code === TOO_FAST ? TOO_FAST_PAUSE : 0);
  }

  #lost(): void {
    this.#forgive();
    this.#abandon();
    this.#wait();
  }

  #forgive(): void {
    if (this.#online && performance.now() - this.#onlineSince >= STABLE_AFTER) this.#failures = 0;
  }

  /**
   * Until the server wants to see us, and a pause of our own. Full jitter: those who were cut off together do not
   * come back together.
   */
  #wait(asked = 0): void {
    const now = performance.now();
    this.#notBefore = Math.max(this.#notBefore, now + asked);
    const ceiling = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** this.#failures);
    this.#failures += 1;
    const pause = this.#notBefore - now + ceiling * (0.2 + 0.8 * Math.random());
    this.#listener.state({ status: 'waiting', retry_at: performance.now() + pause });
    this.#pause = setTimeout(() => void this.#connect(), pause);
  }

  /** Listens no more to the present attempt. */
  #abandon(): void {
    this.#attempt += 1;
    this.#online = false;
    clearTimeout(this.#pause);
    clearTimeout(this.#silence);
    clearTimeout(this.#departure);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
    const unanswered = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const answer of unanswered) answer(undefined);
  }

  #expectWithin(milliseconds: number): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), milliseconds);
  }
}

function read(data: unknown): ServerFrame | undefined {
  if (typeof data !== 'string') return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    const known = typeof frame === 'object' && frame !== null && 't' in frame;
    return known ? (frame as ServerFrame) : undefined;
  } catch {
    return undefined;
  }
}
