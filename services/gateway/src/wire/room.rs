//! Rooms.

use proto::event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Malformed, Message, Role, Timestamp, UserRef, id, number, required};
use crate::domain::{Count, RoomId, Seq};

/// A room as one person sees it.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({
    "id": "01936b2e-7c00-7000-8000-0000000000aa", "kind": "group", "visibility": "private", "title": "Towers",
    "topic": "Line Paris–Lille", "created_at": "2026-11-21T09:30:00.125Z", "head": { "seq": 7, "n": 3 },
    "my": { "role": "owner", "read_n": 3, "muted": false }, "unread": 0, "mentions": 0, "member_count": 2,
}))]
pub struct Room {
    /// Which.
    pub id: RoomId,
    /// Title, topic, kind and visibility.
    #[serde(flatten)]
    pub description: RoomDescription,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Its last event.
    pub head: Head,
    /// The reader's own part; absent in a public room that the reader has not joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub my: Option<My>,
    /// Messages that the reader has not read.
    pub unread: Count,
    /// Those of them that name the reader.
    pub mentions: Count,
    /// How many are in it.
    pub member_count: i32,
    /// Its last message; in lists only.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_message: Option<Message>,
    /// The other person of a direct room.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub peer: Option<UserRef>,
}

/// What a room says of itself.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct RoomDescription {
    /// Who writes there, and how many there are.
    pub kind: RoomKind,
    /// Who finds it.
    pub visibility: Visibility,
    /// Its name; empty for a direct room, which is named after the other person.
    pub title: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub topic: Option<String>,
}

/// Where a room's sequence stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, ToSchema)]
pub struct Head {
    /// Position of the last event.
    pub seq: Seq,
    /// Number of messages.
    pub n: Count,
}

/// A person's own part of a room.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct My {
    /// What the person may do.
    pub role: Role,
    /// How far the person has read.
    pub read_n: Count,
    /// Whether the person wants to hear of new messages.
    pub muted: bool,
}

/// Who writes in a room, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Every member writes.
    Group,
    /// Owners and admins write, all read.
    Channel,
    /// Two people.
    Direct,
}

/// Who finds a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Its members only.
    Private,
    /// Everybody, who may also join it.
    Public,
}

impl TryFrom<proto::chat::Room> for Room {
    type Error = Malformed;

    fn try_from(room: proto::chat::Room) -> Result<Self, Malformed> {
        Ok(Self {
            id: id(&room.id, "room.id")?,
            description: required(room.description, "room.description")?.try_into()?,
            created_at: room.created_at.try_into()?,
            head: required(room.head, "room.head")?.try_into()?,
            my: room.my.map(My::try_from).transpose()?,
            unread: number(room.unread, "room.unread")?,
            mentions: number(room.mentions, "room.mentions")?,
            member_count: room.member_count,
            last_message: room.last_message.map(Message::try_from).transpose()?,
            peer: room.peer.map(UserRef::try_from).transpose()?,
        })
    }
}

impl TryFrom<event::RoomDescription> for RoomDescription {
    type Error = Malformed;

    fn try_from(description: event::RoomDescription) -> Result<Self, Malformed> {
        Ok(Self {
            kind: description.kind().try_into()?,
            visibility: description.visibility().try_into()?,
            title: description.title,
            topic: description.topic,
        })
    }
}

impl TryFrom<proto::chat::Head> for Head {
    type Error = Malformed;

    fn try_from(head: proto::chat::Head) -> Result<Self, Malformed> {
        Ok(Self {
            seq: number(head.seq, "head.seq")?,
            n: number(head.n, "head.n")?,
        })
    }
}

impl TryFrom<proto::chat::Membership> for My {
    type Error = Malformed;

    fn try_from(my: proto::chat::Membership) -> Result<Self, Malformed> {
        Ok(Self {
            role: my.role().try_into()?,
            read_n: number(my.read_n, "my.read_n")?,
            muted: my.muted,
        })
    }
}

impl TryFrom<event::RoomKind> for RoomKind {
    type Error = Malformed;

    fn try_from(kind: event::RoomKind) -> Result<Self, Malformed> {
        match kind {
            event::RoomKind::Group => Ok(Self::Group),
            event::RoomKind::Channel => Ok(Self::Channel),
            event::RoomKind::Direct => Ok(Self::Direct),
            event::RoomKind::Unspecified => Err(Malformed("room.kind")),
        }
    }
}

impl TryFrom<event::Visibility> for Visibility {
    type Error = Malformed;

    fn try_from(visibility: event::Visibility) -> Result<Self, Malformed> {
        match visibility {
            event::Visibility::Private => Ok(Self::Private),
            event::Visibility::Public => Ok(Self::Public),
            event::Visibility::Unspecified => Err(Malformed("room.visibility")),
        }
    }
}

impl From<Visibility> for event::Visibility {
    fn from(visibility: Visibility) -> Self {
        match visibility {
            Visibility::Private => Self::Private,
            Visibility::Public => Self::Public,
        }
    }
}
