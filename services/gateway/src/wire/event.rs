//! The durable events of a room.

use proto::event::{self, room_event};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Malformed, Message, Role, RoomDescription, Timestamp, UserRef, id, number, required};
use crate::domain::{Count, RoomId, Seq, UserId};

/// One entry of a room's sequence.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({
    "room": "01936b2e-7c00-7000-8000-0000000000aa", "seq": 8, "n": 3, "type": "member.left",
    "data": { "user_id": "01936b2e-7c00-7000-8000-00000000000b" },
    "id": "01936b2e-7c02-7000-8000-000000000001", "at": "2026-11-21T09:30:00.125Z",
    "actor": "01936b2e-7c00-7000-8000-00000000000b",
}))]
pub struct Event {
    /// Where.
    pub room: RoomId,
    /// Position in the room, from 1, without gaps.
    pub seq: Seq,
    /// Number of messages in the room after it.
    pub n: Count,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
    /// Which.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// Who caused it.
    pub actor: UserId,
}

/// What happened, with its data.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[serde(tag = "type", content = "data")]
pub enum EventBody {
    /// Somebody wrote.
    #[serde(rename = "message.created")]
    MessageCreated(Message),
    /// Somebody came in.
    #[serde(rename = "member.joined")]
    MemberJoined(MemberJoined),
    /// Somebody left or was removed.
    #[serde(rename = "member.left")]
    MemberLeft(MemberLeft),
    /// Somebody may do more, or less.
    #[serde(rename = "member.role_changed")]
    MemberRoleChanged(MemberRoleChanged),
    /// The room was opened.
    #[serde(rename = "room.created")]
    RoomCreated(RoomDescription),
    /// The room says something else of itself.
    #[serde(rename = "room.changed")]
    RoomChanged(RoomDescription),
    /// The room is no more.
    #[serde(rename = "room.deleted")]
    RoomDeleted(RoomDeleted),
}

/// Data of `member.joined`.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct MemberJoined {
    /// Who came in.
    pub user: UserRef,
    /// What the new member may do.
    pub role: Role,
}

/// Data of `member.left`: the last event that the member who left is shown.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct MemberLeft {
    /// Who left.
    pub user_id: UserId,
}

/// Data of `member.role_changed`.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct MemberRoleChanged {
    /// Whose role.
    pub user_id: UserId,
    /// The new one.
    pub role: Role,
}

/// Data of `room.deleted`: nothing.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct RoomDeleted {}

impl TryFrom<event::RoomEvent> for Event {
    type Error = Malformed;

    fn try_from(event: event::RoomEvent) -> Result<Self, Malformed> {
        Ok(Self {
            room: id(&event.room_id, "event.room_id")?,
            seq: number(event.seq, "event.seq")?,
            n: number(event.n, "event.n")?,
            id: id(&event.event_id, "event.event_id")?,
            at: event.at.try_into()?,
            actor: id(&event.actor_id, "event.actor_id")?,
            body: required(event.body, "event.body")?.try_into()?,
        })
    }
}

impl TryFrom<room_event::Body> for EventBody {
    type Error = Malformed;

    fn try_from(body: room_event::Body) -> Result<Self, Malformed> {
        use room_event::Body;
        Ok(match body {
            Body::MessageCreated(message) => Self::MessageCreated(message.try_into()?),
            Body::MemberJoined(joined) => Self::MemberJoined(MemberJoined {
                role: joined.role().try_into()?,
                user: required(joined.user, "member_joined.user")?.try_into()?,
            }),
            Body::MemberLeft(left) => Self::MemberLeft(MemberLeft {
                user_id: id(&left.user_id, "member_left.user_id")?,
            }),
            Body::MemberRoleChanged(changed) => Self::MemberRoleChanged(MemberRoleChanged {
                role: changed.role().try_into()?,
                user_id: id(&changed.user_id, "member_role_changed.user_id")?,
            }),
            Body::RoomCreated(description) => Self::RoomCreated(description.try_into()?),
            Body::RoomChanged(description) => Self::RoomChanged(description.try_into()?),
            Body::RoomDeleted(event::RoomDeleted {}) => Self::RoomDeleted(RoomDeleted {}),
        })
    }
}
