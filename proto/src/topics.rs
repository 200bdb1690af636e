//! Topic names, and the `CloudEvents` types of what they carry.

use crate::event::{PersonalEvent, RoomEvent, personal_event, room_event};

/// Room and personal events; key = room id or user id.
pub const CHAT_EVENTS: &str = "chat.events.v1";

/// What bridges hear in Telegram; key = Telegram chat id.
pub const TELEGRAM_MESSAGES: &str = "telegram.messages.v1";

/// Partitions of each topic. Every service makes the topics that it uses with this number: another one
/// would move keys between partitions, and with that their order.
pub const PARTITIONS: i32 = 8;

/// `CloudEvents` type of a [`crate::telegram::TelegramMessage`].
pub const TELEGRAM_MESSAGE_TYPE: &str = "telegram.message.received";

/// Prefix of the `CloudEvents` types whose value is a [`PersonalEvent`]; all others on
/// [`CHAT_EVENTS`] are [`RoomEvent`]s.
pub const PERSONAL_PREFIX: &str = "personal.";

/// The `CloudEvents` type of a room event, which is also `type` in the public protocol. `None` for a
/// body that this version does not know.
pub fn room_event_type(event: &RoomEvent) -> Option<&'static str> {
    use room_event::Body;
    Some(match event.body.as_ref()? {
        Body::MessageCreated(_) => "message.created",
        Body::MemberJoined(_) => "member.joined",
        Body::MemberLeft(_) => "member.left",
        Body::MemberRoleChanged(_) => "member.role_changed",
        Body::RoomCreated(_) => "room.created",
        Body::RoomChanged(_) => "room.changed",
        Body::RoomDeleted(_) => "room.deleted",
    })
}

/// The `CloudEvents` type of a personal event. `None` for a body that this version does not know.
pub fn personal_event_type(event: &PersonalEvent) -> Option<&'static str> {
    use personal_event::Body;
    Some(match event.body.as_ref()? {
        Body::RoomAdded(_) => "personal.room.added",
        Body::RoomRemoved(_) => "personal.room.removed",
        Body::ReadMoved(_) => "personal.read",
    })
}
