//! What happens in a bridged room, as far as a bridge cares.

use uuid::Uuid;

use super::bridge::{ChatId, RoomId};

/// How far a room has been followed: a place in one life of chat's database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The life of the database that `seq` belongs to.
    pub epoch: String,
    /// The last event that was dealt with.
    pub seq: i64,
}

/// One event of a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomEvent {
    /// Where it happened.
    pub room: RoomId,
    /// Its place.
    pub position: Position,
    /// The message, if it is one.
    pub message: Option<RoomMessage>,
    /// W3C trace context of the event, where it came over the bus.
    pub traceparent: Option<String>,
}

/// A message that was written in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomMessage {
    /// Its id.
    pub id: Uuid,
    /// The author's display name.
    pub author: String,
    /// The text.
    pub body: String,
    /// The Telegram message it was made from, if it came over a bridge.
    pub source: Option<TelegramSource>,
}

/// A message of a Telegram chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TelegramSource {
    /// The chat.
    pub chat: ChatId,
    /// Telegram's `message_id`.
    pub message: i64,
}
