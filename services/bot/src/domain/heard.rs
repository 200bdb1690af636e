//! What a bridge hears in Telegram.

use time::OffsetDateTime;

use super::bridge::{ChatId, RoomId};

/// One update of getUpdates: its id, and the message in it if a bridge carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Telegram's `update_id`.
    pub id: i64,
    /// `None` for everything but text messages.
    pub message: Option<Message>,
}

/// A text message of a Telegram chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The chat it was written in.
    pub chat: ChatId,
    /// Telegram's `message_id`, unique in the chat.
    pub id: i64,
    /// Who wrote it.
    pub sender: Sender,
    /// The text.
    pub text: String,
    /// When it was written, by Telegram's clock.
    pub sent_at: OffsetDateTime,
}

/// The author of a Telegram message: a person, or the chat itself for anonymous admins and channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// Telegram's user id, or the chat's.
    pub id: i64,
    /// First and last name, or the chat's title.
    pub name: String,
    /// Without the leading @.
    pub handle: Option<String>,
}

/// A message on its way into its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The update that brought it.
    pub update: i64,
    /// What was written.
    pub message: Message,
    /// Where it goes.
    pub room: RoomId,
    /// W3C trace context of the hearing.
    pub traceparent: Option<String>,
}
