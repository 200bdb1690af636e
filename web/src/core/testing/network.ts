/** What lies between the tabs and the model of the server. */
import type { Socket } from '../connection.ts';
import type { ClientFrame, ServerFrame } from '../generated/frames.ts';
import type { CallFate, Fates, FrameFate } from './fates.ts';
import { ModelAccounts } from './model_accounts.ts';
import { type LiveSettings, ModelConnection } from './model_connection.ts';
import { ModelRest } from './model_rest.ts';
import type { ModelServer } from './model_server.ts';

/** Milliseconds. */
const QUICK = 5;
const SLOW = 400;
const LATE = 3_000;
const TOO_LATE = 20_000;
/** A socket that broke by itself. */
const BROKEN = 1006;
const GOING_AWAY = 1012;

export class Network {
  readonly server: ModelServer;
  readonly accounts: ModelAccounts;
  readonly rest: ModelRest;
  readonly settings: LiveSettings = { heartbeat: 25_000, mostReplayed: 500, busy: 0 };
  readonly #sockets = new Set<ModelSocket>();
  #frames: FrameFate[] = [];
  #calls: CallFate[] = [];
  #down = false;
  /** Calls that reached the server, such as `GET /api/v1/rooms`. */
  readonly called: string[] = [];

  constructor(server: ModelServer) {
    this.server = server;
    this.accounts = new ModelAccounts(server);
    this.rest = new ModelRest(server, this.accounts);
  }

  /** From now on this happens. */
  decide({ frames = [], calls = [] }: Partial<Fates>): void {
    this.#frames = [...frames];
    this.#calls = [...calls];
  }

  frameFate(): FrameFate {
    return this.#frames.shift() ?? 'arrives';
  }

  /** All sockets break. */
  cut(code = BROKEN): void {
    for (const socket of [...this.#sockets]) socket.break(code);
  }

  /** Nobody is reached for so long. */
  restart(milliseconds: number): void {
    this.#down = true;
    this.cut(GOING_AWAY);
    setTimeout(() => {
      this.#down = false;
    }, milliseconds);
  }

  /** Tells everybody to go, and closes who has not gone. */
  drain(milliseconds: number): void {
    for (const socket of [...this.#sockets]) {
      socket.push({ t: 'drain', reconnect_in_ms: milliseconds });
      setTimeout(() => socket.break(GOING_AWAY), milliseconds + 500);
    }
  }

  /** A way to the server, for one tab. */
  line(): Line {
    return new Line(this);
  }

  async call(request: Request): Promise<Response> {
    const fate = this.#down ? 'unreachable' : (this.#calls.shift() ?? 'answered');
    await wait(QUICK);
    if (fate === 'unreachable') throw new TypeError('fetch failed');
    if (fate === 'busy') return busy();
    if (fate === 'bad_gateway') return new Response('<h1>502</h1>', { status: 502 });
    if (fate === 'portal')
      return new Response('<h1>Welcome to the hotel</h1>', { headers: { 'content-type': 'text/html' } });
    this.called.push(`${request.method} ${new URL(request.url).pathname}`);
    const answer = await this.rest.answer(request);
    if (fate === 'lost') throw new TypeError('fetch failed');
    await wait(fate === 'late' ? LATE : fate === 'too_late' ? TOO_LATE : QUICK);
    return answer;
  }

  socket(ticket: string): ModelSocket {
    const socket = new ModelSocket(this, ticket, () => this.#sockets.delete(socket));
    if (this.#down) setTimeout(() => socket.break(BROKEN), QUICK);
    else this.#sockets.add(socket);
    return socket;
  }

  get sockets(): number {
    return this.#sockets.size;
  }
}

/** One tab's way to the server. */
export class Line {
  readonly #network: Network;
  readonly #sockets = new Set<ModelSocket>();
  #dead = false;

  constructor(network: Network) {
    this.#network = network;
  }

  /** The tab is gone: nothing arrives here any more. */
  kill(): void {
    this.#dead = true;
    for (const socket of this.#sockets) socket.break(BROKEN);
  }

  cut(): void {
    for (const socket of this.#sockets) socket.break(BROKEN);
  }

  readonly fetch = (input: RequestInfo | URL): Promise<Response> => {
    const request = input as Request;
    return new Promise((resolve, reject) => {
      if (this.#dead) return;
      const give = (settle: () => void) => {
        if (!this.#dead) settle();
      };
      request.signal.addEventListener('abort', () => give(() => reject(request.signal.reason)));
      this.#network.call(request).then(
        (answer) => give(() => resolve(answer)),
        (error) => give(() => reject(error)),
      );
    });
  };

  openSocket(ticket: string): Socket {
    const socket = this.#network.socket(ticket);
    this.#sockets.add(socket);
    return socket;
  }
}

type Way = 'up' | 'down';
type Listener = (event: { data: unknown; code: number }) => void;

/** Both ends of one WebSocket. */
class ModelSocket implements Socket {
  readonly #network: Network;
  readonly #gone: () => void;
  readonly #listeners: { open: Listener[]; message: Listener[]; close: Listener[] } = {
    open: [],
    message: [],
    close: [],
  };
  #server: ModelConnection | undefined;
  #over = false;
  #mute = false;
  /** When the last frame of a direction arrives: the next one comes behind it. */
  readonly #last: Record<Way, number> = { up: 0, down: 0 };

  constructor(network: Network, ticket: string, gone: () => void) {
    this.#network = network;
    this.#gone = gone;
    setTimeout(() => this.#open(ticket), QUICK);
  }

  addEventListener(type: 'open' | 'message' | 'close', listener: (event: never) => void): void {
    this.#listeners[type].push(listener as Listener);
  }

  send(text: string): void {
    this.#travel('up', () => this.#server?.take(JSON.parse(text) as ClientFrame));
  }

  /** The client closes it. */
  close(): void {
    this.#over = true;
    this.#server?.end();
    this.#gone();
  }

  push(frame: ServerFrame): void {
    const data = JSON.stringify(frame);
    this.#travel('down', () => this.#emit('message', { data, code: 0 }));
  }

  break(code: number): void {
    if (this.#over) return;
    this.close();
    if (!this.#mute) for (const listener of this.#listeners.close) listener({ data: undefined, code });
  }

  #open(ticket: string): void {
    if (this.#over) return;
    const access = this.#network.accounts.redeem(ticket);
    this.#emit('open', { data: undefined, code: 0 });
    if (!access) return this.break(4401);
    const { server, accounts, settings } = this.#network;
    this.#server = new ModelConnection(
      server,
      accounts,
      settings,
      access,
      (frame) => this.push(frame),
      (code) => this.#travel('down', () => this.break(code)),
    );
  }

  #travel(way: Way, arrive: () => void): void {
    const fate = this.#network.frameFate();
    if (this.#mute || fate === 'never') return;
    if (fate === 'mute') {
      this.#mute = true;
      return;
    }
    if (fate === 'cut_before') return this.break(BROKEN);
    const now = performance.now();
    const takes = fate === 'slow' || fate === 'overtaken' ? SLOW : QUICK;
    const at = Math.max(now + takes, this.#last[way]);
    // What is overtaken holds up nothing behind it.
    if (fate !== 'overtaken') this.#last[way] = at;
    const land = () => {
      if (this.#over || this.#mute) return;
      arrive();
      if (fate === 'twice') arrive();
      if (fate === 'cut_after') this.break(BROKEN);
    };
    setTimeout(land, at - now);
  }

  #emit(type: 'open' | 'message', event: { data: unknown; code: number }): void {
    if (!this.#over) for (const listener of this.#listeners[type]) listener(event);
  }
}

function busy(): Response {
  const problem = { type: '', title: '', status: 503, code: 'unavailable', detail: 'repeat it' };
  const headers = { 'content-type': 'application/problem+json', 'retry-after': '1' };
  return new Response(JSON.stringify(problem), { status: 503, headers });
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
