/** What the pages speak to: one person, signed in. */
import type { StoreApi } from 'zustand/vanilla';
import type { Api } from './api/api.ts';
import type { Room } from './generated/frames.ts';
import type { Count, Draft, LiveState, MessageId, Outgoing, RoomId, UserId } from './model.ts';

export interface Client {
  /** What is known; changes are gathered, at most one per frame. */
  readonly store: StoreApi<LiveState>;
  /** The REST calls, with this person's token. */
  readonly api: Api;

  /** Shows the last state, connects, and sends what waits. */
  start(): Promise<void>;
  /** Closes the connection and writes down what is not written yet. */
  stop(): Promise<void>;
  /** Does not wait for the next attempt to connect. */
  reconnect(): void;
  /** The browser has no network; `reconnect` when it is back. */
  goOffline(): void;
  /** Writes down what is not written yet, and tells the server what was read: the page may go away. */
  flush(): Promise<void>;
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  now(): number;

  /**
   * Keeps a room's timeline while it is looked at, and fetches what is missing: around the first unread message, or
   * at the end. Returns what ends it.
   */
  open(room: RoomId): () => void;
  /** Adds older messages to the window. One fetch at a time; does nothing at the beginning. */
  loadOlder(room: RoomId): Promise<void>;
  loadNewer(room: RoomId): Promise<void>;
  /** Moves the window to a message. */
  jumpTo(room: RoomId, n: Count): Promise<void>;
  jumpToEnd(room: RoomId): Promise<void>;

  /** Has it durable and queued when the promise resolves; fails with `storage` never: memory serves then. */
  send(room: RoomId, body: string, reply_to?: MessageId): Promise<void>;
  /** Sends a failed message again, with the same id. */
  retry(id: MessageId): Promise<void>;
  /** Takes a message that was not sent out of the outbox, and returns it for the composer. */
  discard(id: MessageId): Promise<Outgoing | undefined>;

  /** Has read the room up to a message; repeated until the server knows. Never moves backwards. */
  markRead(room: RoomId, n: Count): void;
  /** How far others have read, from a list of members. */
  noteReaders(room: RoomId, readers: Iterable<readonly [UserId, Count]>): void;

  /** Keeps what was typed; empty text takes it away. Written within a second, and when the page goes. */
  saveDraft(room: RoomId, draft: Draft): void;

  /** Tells of changes of a room's members or description, to refresh what was fetched over REST. */
  onRoomChanged(listener: (room: RoomId) => void): () => void;
  /** The display name changed. */
  updateMe(me: LiveState['me']): void;
  /** Adds a room that REST answered with: made, joined or opened. */
  addRoom(room: Room): void;
}
