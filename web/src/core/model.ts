/**
 * What the client knows, as the rest of the program sees it. Every value is replaced and never changed, so that a
 * reader can tell by identity whether something is new.
 */
import type {
  Count,
  Message,
  MessageId,
  Role,
  RoomId,
  RoomKind,
  Seq,
  Timestamp,
  UserId,
  UserRef,
  Visibility,
} from './generated/frames.ts';
import type { User } from './generated/rest/index.ts';

export type {
  Count,
  Message,
  MessageId,
  Role,
  RoomId,
  RoomKind,
  Seq,
  Timestamp,
  User,
  UserId,
  UserRef,
  Visibility,
};

/** A room that the person is in. */
export interface RoomState {
  readonly id: RoomId;
  readonly kind: RoomKind;
  readonly visibility: Visibility;
  /** Empty for a direct room, which is named after `peer`. */
  readonly title: string;
  readonly topic: string | undefined;
  readonly created_at: Timestamp;
  /** The other person of a direct room. */
  readonly peer: UserRef | undefined;
  readonly member_count: number;
  readonly role: Role;
  /** The last event that was applied. */
  readonly seq: Seq;
  /** How many messages the room had after it. */
  readonly n: Count;
  /** How far the person has read, here or on another device. Never moves backwards. */
  readonly read_n: Count;
  readonly last_message: Message | undefined;
}

/** Messages of the room that were not read yet; exact, as both counters are. */
export function unread(room: RoomState): Count {
  return Math.max(0, room.n - room.read_n);
}

/**
 * A window on a room's messages: without gaps, oldest first. `messages[i].n === messages[0].n + i`.
 */
export interface Timeline {
  readonly messages: readonly Message[];
  /** Whether the window ends with the room's last message, so that new ones are added to it. */
  readonly at_end: boolean;
  /** What is being fetched for it. */
  readonly loading: Loading | undefined;
  /** Why the last fetch failed; the next attempt clears it. */
  readonly failure: Failure | undefined;
}

export type Loading = 'older' | 'newer' | 'window';

/** Whether nothing older exists. */
export function startsAtBeginning(timeline: Timeline): boolean {
  const oldest = timeline.messages[0];
  return oldest ? oldest.n === 1 : timeline.at_end;
}

/** A refusal or a failure with a stable `code`: the server's own, or `network`, `timeout`, `storage`. */
export interface Failure {
  readonly code: string;
  /** In words, in English, for those that have no translation of the code. */
  readonly detail: string;
}

/** A message that was written here and is not in its timeline yet. */
export interface Outgoing {
  readonly id: MessageId;
  readonly room: RoomId;
  readonly body: string;
  readonly reply_to: MessageId | undefined;
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  readonly written_at: number;
  readonly state: OutgoingState;
  /** Why it failed. */
  readonly failure: Failure | undefined;
}

/**
 * `queued` waits for its turn or for a connection, `sending` was handed to the server, `sent` is in the database,
 * `failed` was refused and waits for the person.
 */
export type OutgoingState = 'queued' | 'sending' | 'sent' | 'failed';

export type ConnectionState =
  /** Nothing was tried yet, or an attempt is under way. */
  | { readonly status: 'connecting' }
  /** Everything that happens arrives. */
  | { readonly status: 'online' }
  /** The last attempt failed; the next one is at `retry_at`, in milliseconds of `performance.now()`. */
  | { readonly status: 'waiting'; readonly retry_at: number }
  /** The browser has no network. */
  | { readonly status: 'offline' };

/** Why a room is no longer there. */
export interface Departed {
  readonly title: string;
  readonly why: 'left' | 'removed' | 'deleted';
}

/** Where what must outlive the page is kept: `memory` means that it won't. */
export type Durability = 'durable' | 'memory';

/** Everything that is live. */
export interface LiveState {
  readonly connection: ConnectionState;
  readonly me: User;
  /** Whether `rooms` is complete, from the last visit or from the server. */
  readonly ready: boolean;
  /** Why the rooms could not be fetched, while there are none to show. */
  readonly failure: Failure | undefined;
  readonly rooms: ReadonlyRecord<RoomId, RoomState>;
  readonly timelines: ReadonlyRecord<RoomId, Timeline>;
  /** What was written and is not in the timelines yet, by room, in the order of writing. */
  readonly outbox: ReadonlyRecord<RoomId, readonly Outgoing[]>;
  /** How far others have read, as far as it is known: of rooms of at most 64 members. */
  readonly readers: ReadonlyRecord<RoomId, ReadonlyRecord<UserId, Count>>;
  readonly drafts: ReadonlyRecord<RoomId, Draft>;
  /** Rooms that went away while this page is open. */
  readonly departed: ReadonlyRecord<RoomId, Departed>;
  readonly durability: Durability;
}

/** What was typed and not sent. */
export interface Draft {
  readonly text: string;
  readonly reply_to: MessageId | undefined;
}

export type ReadonlyRecord<K extends string, V> = { readonly [key in K]?: V };
