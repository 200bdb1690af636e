//! Messages.

use proto::event;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

use super::{EmptyList, Malformed, Timestamp, UserRef, id, number, required};
use crate::domain::{Count, MessageId, RoomId, Seq};

/// A message as everybody in the room sees it.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({
    "id": "01936b2e-7c01-7000-8000-000000000001", "room_id": "01936b2e-7c00-7000-8000-0000000000aa",
    "seq": 7, "n": 3,
    "sender": {
        "id": "01936b2e-7c00-7000-8000-00000000000a", "username": "ada", "display_name": "Ada", "kind": "person",
    },
    "body": "Good morning", "attachments": [], "reactions": [], "created_at": "2026-11-21T09:30:00.125Z",
}))]
pub struct Message {
    /// Which; made by its sender.
    pub id: MessageId,
    /// Where.
    pub room_id: RoomId,
    /// Position among the room's events.
    pub seq: Seq,
    /// Position among the room's messages.
    pub n: Count,
    /// Who wrote it.
    pub sender: UserRef,
    /// The text.
    pub body: String,
    /// The message of the same room that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reply_to: Option<MessageId>,
    /// Files that came with it.
    pub attachments: EmptyList,
    /// What others think of it.
    pub reactions: EmptyList,
    /// When it was accepted.
    pub created_at: Timestamp,
    /// Set where it came over a bridge.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub source: Option<MessageSource>,
}

/// Where a bridged message was written.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({ "kind": "telegram", "chat": "-1001234567890", "message_id": "42" }))]
pub struct MessageSource {
    /// The network, such as `telegram`.
    pub kind: String,
    /// The chat's id there.
    pub chat: String,
    /// The message's id within that chat.
    pub message_id: String,
}

impl TryFrom<event::Message> for Message {
    type Error = Malformed;

    fn try_from(message: event::Message) -> Result<Self, Malformed> {
        Ok(Self {
            id: id(&message.id, "message.id")?,
            room_id: id(&message.room_id, "message.room_id")?,
            seq: number(message.seq, "message.seq")?,
            n: number(message.n, "message.n")?,
            sender: required(message.sender, "message.sender")?.try_into()?,
            body: message.body,
            reply_to: message
                .reply_to
                .map(|text| id(&text, "message.reply_to"))
                .transpose()?,
            attachments: EmptyList::default(),
            reactions: EmptyList::default(),
            created_at: message.created_at.try_into()?,
            source: message.source.map(|source| MessageSource {
                kind: source.kind,
                chat: source.chat,
                message_id: source.message_id,
            }),
        })
    }
}
