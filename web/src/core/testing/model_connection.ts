/** The server's end of one WebSocket. */
import type {
  ClientFrame,
  EventFrame,
  Hello,
  Replay,
  ServerFrame,
  WelcomeRoom,
} from '../generated/frames.ts';
import type { RoomId, Seq, UserId } from '../model.ts';
import type { Access, ModelAccounts } from './model_accounts.ts';
import type { ModelRoom, ModelServer, Subscriber } from './model_server.ts';
import { Refusal } from './refusal.ts';

const HELLO_WITHIN = 10_000;
const WARN_BEFORE = 60_000;

/** What the connection is configured with, for all of a server. */
export interface LiveSettings {
  heartbeat: number;
  /** With more missing events a room is fetched anew. */
  mostReplayed: number;
  /** Requests that are refused as `unavailable` from now on. */
  busy: number;
}

export class ModelConnection implements Subscriber {
  readonly user: UserId;
  readonly #server: ModelServer;
  readonly #accounts: ModelAccounts;
  readonly #settings: LiveSettings;
  readonly #write: (frame: ServerFrame) => void;
  readonly #close: (code: number) => void;
  readonly #timers = new Map<'beat' | 'warn' | 'end', ReturnType<typeof setTimeout>>();
  readonly #pinged = new Map<RoomId, Seq>();
  #greeted = false;
  #unanswered = 0;
  #over = false;

  constructor(
    server: ModelServer,
    accounts: ModelAccounts,
    settings: LiveSettings,
    access: Access,
    write: (frame: ServerFrame) => void,
    close: (code: number) => void,
  ) {
    this.#server = server;
    this.#accounts = accounts;
    this.#settings = settings;
    this.user = access.user;
    this.#write = write;
    this.#close = close;
    this.#endsAt(access.expires_at);
    this.#at('beat', HELLO_WITHIN, () => this.close(4408));
  }

  happened(room: RoomId, event: EventFrame): void {
    this.#write({ t: 'event', ...event });
    if (event.type === 'member.left' && event.data.user_id === this.user) this.#pinged.delete(room);
  }

  told(frame: ServerFrame): void {
    this.#write(frame);
    // Heads are told of what comes after the room.
    if (frame.t === 'personal' && frame.type === 'room.added')
      this.#pinged.set(frame.room.id, frame.room.head.seq);
  }

  close(code: number): void {
    this.end();
    this.#close(code);
  }

  /** The socket is gone. */
  end(): void {
    this.#over = true;
    this.#server.subscribers.delete(this);
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  take(frame: ClientFrame): void {
    if (this.#over) return;
    if (frame.t === 'hello') {
      if (this.#greeted) this.close(4400);
      else this.#greet(frame);
      return;
    }
    if (!this.#greeted) return this.close(4408);
    switch (frame.t) {
      case 'pong':
        this.#unanswered = 0;
        return;
      case 'auth':
        return this.#renew(frame.token);
      case 'read':
        return this.#answered(undefined, () => this.#server.markRead(this.user, frame.room, frame.n));
      case 'send':
        return this.#answered(frame.ref, () => {
          const { id, ref } = frame;
          const { message, duplicate } = this.#server.send(
            this.user,
            id,
            frame.room,
            frame.body,
            frame.reply_to,
          );
          this.#write({ t: 'ack', ref, id, seq: message.seq, n: message.n, duplicate });
        });
      case 'replay':
        return this.#answered(frame.ref, () => this.#replay(frame));
      default:
        throw new Error(`the model knows no ${frame.t}`);
    }
  }

  #greet(hello: Hello): void {
    this.#greeted = true;
    const positions = hello.rooms ?? {};
    const sameLife = (hello.epoch ?? this.#server.epoch) === this.#server.epoch;
    const mine = this.#server.roomsOf(this.user);
    const rooms: Record<RoomId, WelcomeRoom> = {};
    const replayed: [ModelRoom, Seq][] = [];
    for (const room of mine) {
      const at = positions[room.id];
      const entry = this.#compare(room, at, sameLife);
      const read = hello.reads?.[room.id];
      const unchanged = at === entry.seq && (read === undefined || read === entry.read_n);
      if (!unchanged || entry.resync) rooms[room.id] = entry;
      if (entry.replay && at !== undefined) replayed.push([room, at]);
      this.#pinged.set(room.id, entry.seq);
    }
    const gone = Object.keys(positions).filter((id) => !mine.some((room) => room.id === id));
    const heartbeat_ms = this.#settings.heartbeat;
    const { epoch } = this.#server;
    this.#write({ t: 'welcome', epoch, connection: 'model', user: this.user, rooms, gone, heartbeat_ms });
    for (const [room, at] of replayed) this.#repeat(room, at);
    this.#server.subscribers.add(this);
    this.#at('beat', this.#settings.heartbeat, () => this.#beat());
  }

  #compare(room: ModelRoom, at: Seq | undefined, sameLife: boolean): WelcomeRoom {
    const [seq, n] = [room.events.length, room.messages.length];
    const member = room.members.get(this.user);
    const told = { seq, n, read_n: member?.read_n ?? 0, replay: false, resync: false };
    if (at === undefined) return told;
    const beyond = !sameLife || at > seq || at < (member?.joined ?? 0);
    if (beyond || seq - at > this.#settings.mostReplayed) return { ...told, resync: true };
    return { ...told, replay: seq > at };
  }

  #replay({ ref, room: id, after }: Replay): void {
    const room = this.#server.roomOf(this.user, id);
    const to = room.events.length;
    if (after > to) throw new Refusal(422, 'invalid', '`after` is beyond the last event');
    const resync = to - after > this.#settings.mostReplayed;
    if (!resync) this.#repeat(room, after);
    this.#write({ t: 'replayed', ref, room: id, to, resync });
  }

  #repeat(room: ModelRoom, after: Seq): void {
    for (const event of room.events.slice(after)) this.#write({ t: 'event', ...event });
  }

  #answered(ref: number | string | undefined, work: () => void): void {
    try {
      if (this.#settings.busy > 0) {
        this.#settings.busy -= 1;
        throw new Refusal(503, 'unavailable', 'repeat it');
      }
      work();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const retry = error.code === 'unavailable' ? { retry_after_ms: 1_000 } : {};
      const asked = ref === undefined ? {} : { ref };
      this.#write({ t: 'error', ...asked, code: error.code, detail: error.message, ...retry });
    }
  }

  #beat(): void {
    if (this.#unanswered >= 2) return this.close(4503);
    this.#unanswered += 1;
    const heads: Record<RoomId, Seq> = {};
    for (const { id, events } of this.#server.roomsOf(this.user)) {
      if (events.length <= (this.#pinged.get(id) ?? events.length)) continue;
      heads[id] = events.length;
      this.#pinged.set(id, events.length);
    }
    this.#write({ t: 'ping', heads });
    this.#at('beat', this.#settings.heartbeat, () => this.#beat());
  }

  #renew(token: string): void {
    try {
      const access = this.#accounts.check(token);
      if (access.user === this.user) this.#endsAt(access.expires_at);
      else this.close(4403);
    } catch {
      this.close(4401);
    }
  }

  #endsAt(expires_at: number): void {
    const left = expires_at - this.#server.now();
    this.#at('end', left, () => this.close(4401));
    this.#at('warn', left - WARN_BEFORE, () => this.#write({ t: 'auth.expiring', in_ms: WARN_BEFORE }));
  }

  #at(what: 'beat' | 'warn' | 'end', wait: number, work: () => void): void {
    clearTimeout(this.#timers.get(what));
    this.#timers.set(what, setTimeout(work, wait));
  }
}
