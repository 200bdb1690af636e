import type { Socket } from '../connection.ts';
import type { ServerFrame } from '../generated/frames.ts';

/** A socket whose other end is played by a test. */
export class FakeSocket implements Socket {
  readonly sent: { t: string; ref?: number }[] = [];
  closed = false;
  readonly #listeners: Record<string, ((event: never) => void)[]> = {};

  addEventListener(type: string, listener: (event: never) => void): void {
    this.#listeners[type] = [...(this.#listeners[type] ?? []), listener];
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.closed = true;
  }

  happens(type: 'open' | 'message' | 'close', event: object = {}): void {
    for (const listener of this.#listeners[type] ?? []) listener(event as never);
  }

  says(frame: ServerFrame | string): void {
    this.happens('message', { data: typeof frame === 'string' ? frame : JSON.stringify(frame) });
  }
}
