// Generated from docs/api/frames.schema.json by `npm run generate`.

export type ChappeTheFramesOfTheWebSocketV1 = ClientFrame | ServerFrame;
/**
 * A frame of the client.
 */
export type ClientFrame =
  | (Hello & {
      t: "hello";
    })
  | (Send & {
      t: "send";
    })
  | (LaterRequest & {
      t: "edit";
    })
  | (LaterRequest & {
      t: "delete";
    })
  | (LaterRequest & {
      t: "react";
    })
  | (LaterRequest & {
      t: "unreact";
    })
  | (MarkRead & {
      t: "read";
    })
  | (Typing & {
      t: "typing";
    })
  | (Watch & {
      t: "watch";
    })
  | (Replay & {
      t: "replay";
    })
  | (Auth & {
      t: "auth";
    })
  | {
      t: "pong";
    };
/**
 * Names one life of the database; made anew after a restore from a backup. Positions of different
 * epochs are not comparable.
 */
export type Epoch = string;
/**
 * How many messages a room had at some point (`n`); unread = the room's minus the member's.
 */
export type Count = number;
/**
 * Position of an event in its room: from 1, without gaps; 0 is before the first one.
 */
export type Seq = number;
/**
 * A message; made by the client that sends it.
 */
export type MessageId = string;
/**
 * The client's name for a request, repeated in its answer.
 */
export type Reference = number | string;
/**
 * A room.
 */
export type RoomId = string;
/**
 * A person, a bot or somebody behind a bridge.
 */
export type UserId = string;
/**
 * A frame of the server.
 */
export type ServerFrame =
  | (Welcome & {
      t: "welcome";
    })
  | (Ack & {
      t: "ack";
    })
  | (Failure & {
      t: "error";
    })
  | (EventFrame & {
      t: "event";
    })
  | (Personal & {
      t: "personal";
    })
  | (Receipt & {
      t: "receipt";
    })
  | (Replayed & {
      t: "replayed";
    })
  | (Ping & {
      t: "ping";
    })
  | (AuthExpiring & {
      t: "auth.expiring";
    })
  | (Drain & {
      t: "drain";
    });
/**
 * An event of a room with its trace.
 */
export type EventFrame = (
  | {
      data: Message;
      type: "message.created";
    }
  | {
      data: MemberJoined;
      type: "member.joined";
    }
  | {
      data: MemberLeft;
      type: "member.left";
    }
  | {
      data: MemberRoleChanged;
      type: "member.role_changed";
    }
  | {
      data: RoomDescription;
      type: "room.created";
    }
  | {
      data: RoomDescription;
      type: "room.changed";
    }
  | {
      data: RoomDeleted;
      type: "room.deleted";
    }
) & {
  actor: UserId;
  at: Timestamp;
  /**
   * Which.
   */
  id: string;
  n: Count;
  room: RoomId;
  seq: Seq;
  /**
   * W3C trace context of the delivery.
   */
  traceparent?: string | null;
};
/**
 * Always empty in this version of the protocol; later versions fill it
 *
 * @maxItems 0
 */
export type EmptyList = {}[];
/**
 * RFC 3339 in UTC with milliseconds
 */
export type Timestamp = string;
/**
 * What stands behind a name.
 */
export type UserKind = "person" | "bot" | "bridged";
/**
 * What a member may do.
 */
export type Role = "owner" | "admin" | "member" | "reader";
/**
 * Who writes in a room, and how many there are.
 */
export type RoomKind = "group" | "channel" | "direct";
/**
 * Who finds a room.
 */
export type Visibility = "private" | "public";
/**
 * What concerns one person only.
 */
export type Personal =
  | {
      room: Room;
      type: "room.added";
    }
  | {
      room: RoomId;
      type: "room.removed";
    }
  | {
      read_n: Count;
      room: RoomId;
      type: "read";
    };

/**
 * The last seq that the client has of each room.
 */
export interface Hello {
  /**
   * The life of the database that the positions belong to.
   */
  epoch?: Epoch | null;
  /**
   * How far the person has read, by room, as the client knows it: rooms whose read position is another come in
   * `welcome` also where `seq` is the same.
   */
  reads?: {
    [k: string]: Count;
  };
  /**
   * Positions by room.
   */
  rooms?: {
    [k: string]: Seq;
  };
}
/**
 * A message to write.
 */
export interface Send {
  /**
   * Not in this version: only an empty list is accepted.
   */
  attachments?: unknown[];
  /**
   * The text.
   */
  body: string;
  id: MessageId;
  ref: Reference;
  /**
   * The message that it answers.
   */
  reply_to?: MessageId | null;
  room: RoomId;
  /**
   * W3C trace context of the sender.
   */
  traceparent?: string | null;
}
/**
 * A request of a later version of the protocol.
 */
export interface LaterRequest {
  message: MessageId;
  ref: Reference;
}
/**
 * The room was read.
 */
export interface MarkRead {
  n: Count;
  room: RoomId;
}
/**
 * The person is writing.
 */
export interface Typing {
  room: RoomId;
}
/**
 * Whose presence is wanted.
 */
export interface Watch {
  /**
   * Up to 200 people.
   */
  users: UserId[];
}
/**
 * The events of a room after a position.
 */
export interface Replay {
  after: Seq;
  ref: Reference;
  room: RoomId;
}
/**
 * A fresh access token of the same person. Without `Debug`: tokens are not for logs.
 */
export interface Auth {
  /**
   * The access token.
   */
  token: string;
}
/**
 * The person's rooms, as far as the client's knowledge differs.
 */
export interface Welcome {
  /**
   * This connection's name, for logs.
   */
  connection: string;
  epoch: Epoch;
  /**
   * Rooms that the client named and the person is not in.
   */
  gone: RoomId[];
  /**
   * Milliseconds between pings.
   */
  heartbeat_ms: number;
  /**
   * Rooms that the client did not name or whose seq differs.
   */
  rooms: {
    [k: string]: WelcomeRoom;
  };
  user: UserId;
}
/**
 * A room in `welcome`.
 */
export interface WelcomeRoom {
  n: Count;
  read_n: Count;
  /**
   * The missing events follow.
   */
  replay: boolean;
  /**
   * Too many are missing: fetch the room anew.
   */
  resync: boolean;
  seq: Seq;
}
/**
 * A committed send.
 */
export interface Ack {
  /**
   * Whether this id was sent before.
   */
  duplicate: boolean;
  id: MessageId;
  n: Count;
  ref: Reference;
  seq: Seq;
}
/**
 * A refusal.
 */
export interface Failure {
  /**
   * Stable name, for programs.
   */
  code: string;
  /**
   * What happened and what to do, for people.
   */
  detail: string;
  /**
   * Of the request, where it had one.
   */
  ref?: Reference | null;
  /**
   * When a repetition makes sense.
   */
  retry_after_ms?: number | null;
}
/**
 * A message as everybody in the room sees it.
 */
export interface Message {
  attachments: EmptyList;
  /**
   * The text.
   */
  body: string;
  created_at: Timestamp;
  id: MessageId;
  n: Count;
  reactions: EmptyList;
  /**
   * The message of the same room that it answers.
   */
  reply_to?: MessageId | null;
  room_id: RoomId;
  sender: UserRef;
  seq: Seq;
  /**
   * Set where it came over a bridge.
   */
  source?: MessageSource | null;
}
/**
 * As much of a person as is needed to show a message.
 */
export interface UserRef {
  /**
   * Name shown to others.
   */
  display_name: string;
  id: UserId;
  kind: UserKind;
  /**
   * Unique name.
   */
  username: string;
}
/**
 * Where a bridged message was written.
 */
export interface MessageSource {
  /**
   * The chat's id there.
   */
  chat: string;
  /**
   * The network, such as `telegram`.
   */
  kind: string;
  /**
   * The message's id within that chat.
   */
  message_id: string;
}
/**
 * Data of `member.joined`.
 */
export interface MemberJoined {
  role: Role;
  user: UserRef;
}
/**
 * Data of `member.left`: the last event that the member who left is shown.
 */
export interface MemberLeft {
  user_id: UserId;
}
/**
 * Data of `member.role_changed`.
 */
export interface MemberRoleChanged {
  role: Role;
  user_id: UserId;
}
/**
 * What a room says of itself.
 */
export interface RoomDescription {
  kind: RoomKind;
  /**
   * Its name; empty for a direct room, which is named after the other person.
   */
  title: string;
  /**
   * What it is about.
   */
  topic?: string | null;
  visibility: Visibility;
}
/**
 * Data of `room.deleted`: nothing.
 */
export interface RoomDeleted {}
/**
 * A room as one person sees it.
 */
export interface Room {
  created_at: Timestamp;
  head: Head;
  id: RoomId;
  kind: RoomKind;
  /**
   * Its last message; in lists only.
   */
  last_message?: Message | null;
  /**
   * How many are in it.
   */
  member_count: number;
  mentions: Count;
  /**
   * The reader's own part; absent in a public room that the reader has not joined.
   */
  my?: My | null;
  /**
   * The other person of a direct room.
   */
  peer?: UserRef | null;
  /**
   * Its name; empty for a direct room, which is named after the other person.
   */
  title: string;
  /**
   * What it is about.
   */
  topic?: string | null;
  unread: Count;
  visibility: Visibility;
}
/**
 * Where a room's sequence stands.
 */
export interface Head {
  n: Count;
  seq: Seq;
}
/**
 * A person's own part of a room.
 */
export interface My {
  /**
   * Whether the person wants to hear of new messages.
   */
  muted: boolean;
  read_n: Count;
  role: Role;
}
/**
 * Somebody else has read a room.
 */
export interface Receipt {
  read_n: Count;
  room: RoomId;
  user: UserId;
}
/**
 * The end of a replay.
 */
export interface Replayed {
  ref: Reference;
  /**
   * Too many are missing, and none was sent: fetch the room anew.
   */
  resync: boolean;
  room: RoomId;
  to: Seq;
}
/**
 * Where the rooms stand that had events since the last ping.
 */
export interface Ping {
  /**
   * Position of the last event by room.
   */
  heads: {
    [k: string]: Seq;
  };
}
/**
 * How long the session lasts.
 */
export interface AuthExpiring {
  /**
   * Milliseconds until the connection is closed, unless `auth` comes before.
   */
  in_ms: number;
}
/**
 * When to come back.
 */
export interface Drain {
  /**
   * No earlier than in this many milliseconds.
   */
  reconnect_in_ms: number;
}
