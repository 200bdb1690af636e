//! Who is in a room, and what they may do there.

use proto::event;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Malformed, Timestamp, UserRef, number, required};
use crate::domain::Count;

/// Somebody in a room.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
pub struct Member {
    /// Who.
    pub user: UserRef,
    /// What they may do.
    pub role: Role,
    /// How far they have read: the `n` of a message.
    pub read_n: Count,
    /// Since when.
    pub joined_at: Timestamp,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, deleting the room and naming other owners included.
    Owner,
    /// Writes, describes the room, adds and removes members and readers.
    Admin,
    /// Writes, but not in channels.
    Member,
    /// Only reads.
    Reader,
}

impl TryFrom<proto::chat::Member> for Member {
    type Error = Malformed;

    fn try_from(member: proto::chat::Member) -> Result<Self, Malformed> {
        Ok(Self {
            role: member.role().try_into()?,
            user: required(member.user, "member.user")?.try_into()?,
            read_n: number(member.read_n, "member.read_n")?,
            joined_at: member.joined_at.try_into()?,
        })
    }
}

impl TryFrom<event::Role> for Role {
    type Error = Malformed;

    fn try_from(role: event::Role) -> Result<Self, Malformed> {
        match role {
            event::Role::Owner => Ok(Self::Owner),
            event::Role::Admin => Ok(Self::Admin),
            event::Role::Member => Ok(Self::Member),
            event::Role::Reader => Ok(Self::Reader),
            event::Role::Unspecified => Err(Malformed("role")),
        }
    }
}

impl From<Role> for event::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
            Role::Reader => Self::Reader,
        }
    }
}
