//! What the gateway says.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::Reference;
use crate::domain::{Count, Epoch, MessageId, RoomId, Seq, UserId};
use crate::wire::{Event, Room};

/// A frame of the server.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ServerFrame {
    /// Answers `hello`; the missing events follow.
    Welcome(Welcome),
    /// A send is committed.
    Ack(Ack),
    /// A request was refused.
    Error(Failure),
    /// One entry of a room's sequence.
    Event(Box<EventFrame>),
    /// For all devices of one person.
    Personal(Personal),
    /// Somebody else has read a room.
    Receipt(Receipt),
    /// Ends the answer to `replay`.
    Replayed(Replayed),
    /// To be answered with `pong`.
    Ping(Ping),
    /// The session ends soon.
    #[serde(rename = "auth.expiring")]
    AuthExpiring(AuthExpiring),
    /// The gateway leaves: finish, then come back.
    Drain(Drain),
}

/// The person's rooms, as far as the client's knowledge differs.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Welcome {
    /// The life of the database; if it differs from the client's, the client forgets its positions.
    pub epoch: Epoch,
    /// This connection's name, for logs.
    pub connection: Uuid,
    /// Who is connected.
    pub user: UserId,
    /// Rooms that the client did not name or whose seq differs.
    pub rooms: BTreeMap<RoomId, WelcomeRoom>,
    /// Rooms that the client named and the person is not in.
    pub gone: Vec<RoomId>,
    /// Milliseconds between pings.
    pub heartbeat_ms: u64,
}

/// A room in `welcome`.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct WelcomeRoom {
    /// Position of the last event; live events go on from here.
    pub seq: Seq,
    /// Number of messages.
    pub n: Count,
    /// How far the person has read.
    pub read_n: Count,
    /// The missing events follow.
    pub replay: bool,
    /// Too many are missing: fetch the room anew.
    pub resync: bool,
}

/// A committed send.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ack {
    /// Of the request.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// The message's id.
    pub id: MessageId,
    /// Its position among the room's events.
    pub seq: Seq,
    /// Its position among the room's messages.
    pub n: Count,
    /// Whether this id was sent before.
    pub duplicate: bool,
}

/// A refusal.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Failure {
    /// Of the request, where it had one.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<Reference>,
    /// Stable name, for programs.
    pub code: String,
    /// What happened and what to do, for people.
    pub detail: String,
    /// When a repetition makes sense.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after_ms: Option<u64>,
}

/// An event of a room with its trace.
#[derive(Debug, Serialize, JsonSchema)]
pub struct EventFrame {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// W3C trace context of the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
}

/// What concerns one person only.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "type")]
pub enum Personal {
    /// The person is now in a room; its events follow from `head.seq` + 1.
    #[serde(rename = "room.added")]
    RoomAdded {
        /// The room as the person sees it.
        room: Box<Room>,
    },
    /// The person is no longer in a room; no event of it follows.
    #[serde(rename = "room.removed")]
    RoomRemoved {
        /// Which room.
        room: RoomId,
    },
    /// The person has read a room, perhaps on another device.
    #[serde(rename = "read")]
    Read {
        /// Which room.
        room: RoomId,
        /// Up to this message.
        read_n: Count,
    },
}

/// Somebody else has read a room.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Receipt {
    /// Which room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// Up to this message.
    pub read_n: Count,
}

/// The end of a replay.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Replayed {
    /// Of the request.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// Which room.
    pub room: RoomId,
    /// Live events go on from here.
    pub to: Seq,
    /// Too many are missing, and none was sent: fetch the room anew.
    pub resync: bool,
}

/// Where the rooms stand that had events since the last ping.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Ping {
    /// Position of the last event by room.
    pub heads: BTreeMap<RoomId, Seq>,
}

/// How long the session lasts.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthExpiring {
    /// Milliseconds until the connection is closed, unless `auth` comes before.
    pub in_ms: u64,
}

/// When to come back.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Drain {
    /// No earlier than in this many milliseconds.
    pub reconnect_in_ms: u64,
}
