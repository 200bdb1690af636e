import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { RoomId, UserId } from '#/core/model.ts';
import { binary } from '../machine.ts';

/** Milliseconds that the last of its processes may take to end. */
const ENDING = 60_000;

export type WorldKind = 'embedded' | 'distributed';
/** The embedded Chappe is one process, whatever service is named. */
export type Service = 'gateway' | 'chat' | 'notification' | 'bot';

export interface WorldSettings {
  readonly kind: WorldKind;
  readonly accessTokenSeconds: number;
  readonly profile: 'debug' | 'release';
}

interface Announcement {
  readonly gateways: readonly string[];
  readonly bridged_room: RoomId;
}

type Answer = { readonly ok: unknown } | { readonly error: string };

/** A running Chappe of its own (`tests/src/bin/world.rs`), which ends with this process, whatever happens. */
export class World {
  readonly kind: WorldKind;
  /** The public addresses, without a slash at the end. The embedded Chappe has one, the distributed one two. */
  readonly gateways: readonly string[];
  /** A room that a Telegram chat meets. */
  readonly bridgedRoom: RoomId;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  static async start({ kind, accessTokenSeconds, profile }: WorldSettings): Promise<World> {
    const flags = [kind, `--access-token-seconds=${accessTokenSeconds}`];
    const child = spawn(binary('world', profile), flags, { stdio: ['pipe', 'pipe', 'inherit'] });
    // A command to one that has ended is told by the missing answer.
    child.stdin.on('error', () => undefined);
    const failed = once(child, 'error').then(([error]) => Promise.reject(error));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), failed]);
    if (first.done) throw new Error('the world did not start');
    return new World(kind, JSON.parse(first.value), child, lines);
  }

  private constructor(
    kind: WorldKind,
    { gateways, bridged_room }: Announcement,
    child: ChildProcessByStdio<Writable, Readable, null>,
    lines: AsyncIterator<string>,
  ) {
    this.kind = kind;
    this.gateways = gateways;
    this.bridgedRoom = bridged_room;
    this.#process = child;
    this.#lines = lines;
  }

  /** A public address; those of several browsers may be of several gateways. */
  gateway(index: number): string {
    return this.gateways[index % this.gateways.length] as string;
  }

  /** SIGKILL. */
  kill(service?: Service): Promise<void> {
    return this.#tell({ do: 'kill', service });
  }

  /** SIGTERM, and waits for the end. */
  stop(service?: Service): Promise<void> {
    return this.#tell({ do: 'stop', service });
  }

  /** Starts again what was stopped or killed, at the same place and with the same data. */
  start(service?: Service): Promise<void> {
    return this.#tell({ do: 'start', service });
  }

  /** It keeps its sockets and does nothing. */
  pause(service?: Service): Promise<void> {
    return this.#tell({ do: 'pause', service });
  }

  resume(service?: Service): Promise<void> {
    return this.#tell({ do: 'resume', service });
  }

  /** What `chappe new-epoch` does after a restore. */
  newEpoch(): Promise<void> {
    return this.#tell({ do: 'new_epoch' });
  }

  /** Adds somebody to the bridged room. */
  inviteToBridge(user_id: UserId): Promise<void> {
    return this.#tell({ do: 'invite', user_id });
  }

  /** Somebody writes in the Telegram chat that meets the bridged room. */
  writeOnTelegram(name: string, text: string): Promise<void> {
    return this.#tell({ do: 'telegram', name, text });
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    const late = setTimeout(() => this.#process.kill('SIGKILL'), ENDING);
    await ended;
    clearTimeout(late);
  }

  /** One command after the other: answers come in the order of the questions. */
  async #tell(command: { do: string; [argument: string]: unknown }): Promise<void> {
    this.#process.stdin.write(`${JSON.stringify(command)}\n`);
    const line = await this.#lines.next();
    if (line.done) throw new Error(`the world ended at ${command.do}`);
    const answer: Answer = JSON.parse(line.value);
    if ('error' in answer) throw new Error(`${command.do}: ${answer.error}`);
  }
}
