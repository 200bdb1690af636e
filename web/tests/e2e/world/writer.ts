import { v7 } from 'uuid';
import type { ClientFrame, ServerFrame } from '#/core/generated/frames.ts';
import { issueTicket } from '#/core/generated/rest/index.ts';
import type { RoomId } from '#/core/model.ts';
import type { Person } from './person.ts';
import type { World } from './world.ts';

/** Messages that are under way at a time. */
const WINDOW = 100;
/** Messages a second: the server takes no more than 1000 from one connection. */
const FASTEST = 900;

/** Writes quickly, over a WebSocket of its own. Messages arrive in the order in which they are written. */
export class Writer {
  readonly #socket: WebSocket;
  readonly #waiting = new Set<number>();
  #failure: string | undefined;
  #ref = 0;

  static async connect(world: World, person: Person, gateway = 0): Promise<Writer> {
    const { ticket } = await issueTicket({ client: person.api });
    const url = `${world.gateway(gateway).replace('http', 'ws')}/api/v1/ws`;
    const socket = new WebSocket(url, ['chappe.v1', `ticket.${ticket}`]);
    const writer = new Writer(socket);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error(`${url} does not answer`));
    });
    writer.#tell({ t: 'hello' });
    return writer;
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#hear(JSON.parse(data));
    socket.onclose = ({ code, reason }) => this.#fail(`closed with ${code} ${reason}`);
  }

  /** Writes these, and waits until all are in the database. */
  async write(room: RoomId, bodies: Iterable<string>, perSecond = FASTEST): Promise<void> {
    const begun = performance.now();
    let sent = 0;
    for (const body of bodies) {
      const due = begun + (sent / perSecond) * 1000;
      while (this.#waiting.size >= WINDOW || performance.now() < due) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        this.#check();
      }
      this.#ref += 1;
      this.#waiting.add(this.#ref);
      this.#tell({ t: 'send', ref: this.#ref, id: v7(), room, body });
      sent += 1;
    }
    while (this.#waiting.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      this.#check();
    }
  }

  close(): void {
    this.#socket.onclose = null;
    this.#socket.close();
  }

  #hear(frame: ServerFrame): void {
    if (frame.t === 'ack') this.#waiting.delete(Number(frame.ref));
    else if (frame.t === 'ping') this.#tell({ t: 'pong' });
    else if (frame.t === 'error') this.#fail(`${frame.code}: ${frame.detail}`);
  }

  #tell(frame: ClientFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  #fail(failure: string): void {
    this.#failure ??= failure;
  }

  #check(): void {
    if (this.#failure !== undefined) throw new Error(this.#failure);
  }
}

/** Bodies that tell their number, from 1. */
export function* numbered(count: number, text = 'message'): Generator<string> {
  for (let number = 1; number <= count; number++) yield `${text} ${number}`;
}
