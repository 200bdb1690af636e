//! People, bots and those behind a bridge.

use proto::event;
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Malformed, Timestamp, id};
use crate::domain::UserId;

/// A person, a bot or somebody behind a bridge.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({
    "id": "01936b2e-7c00-7000-8000-00000000000a", "username": "ada", "display_name": "Ada",
    "kind": "person", "created_at": "2026-11-21T09:30:00.125Z",
}))]
pub struct User {
    /// Who.
    pub id: UserId,
    /// Unique name.
    pub username: String,
    /// Name shown to others.
    pub display_name: String,
    /// What stands behind the name.
    pub kind: UserKind,
    /// When the account was made.
    pub created_at: Timestamp,
}

/// As much of a person as is needed to show a message.
#[derive(Clone, Debug, Serialize, JsonSchema, ToSchema)]
#[schema(example = json!({
    "id": "01936b2e-7c00-7000-8000-00000000000a", "username": "ada", "display_name": "Ada", "kind": "person",
}))]
pub struct UserRef {
    /// Who.
    pub id: UserId,
    /// Unique name.
    pub username: String,
    /// Name shown to others.
    pub display_name: String,
    /// What stands behind the name.
    pub kind: UserKind,
}

/// What stands behind a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserKind {
    /// Somebody with an account.
    Person,
    /// A program.
    Bot,
    /// Somebody who writes from beyond a bridge, such as Telegram.
    Bridged,
}

impl TryFrom<proto::chat::User> for User {
    type Error = Malformed;

    fn try_from(user: proto::chat::User) -> Result<Self, Malformed> {
        Ok(Self {
            kind: user.kind().try_into()?,
            id: id(&user.id, "user.id")?,
            username: user.username,
            display_name: user.display_name,
            created_at: user.created_at.try_into()?,
        })
    }
}

impl TryFrom<event::UserRef> for UserRef {
    type Error = Malformed;

    fn try_from(user: event::UserRef) -> Result<Self, Malformed> {
        Ok(Self {
            kind: user.kind().try_into()?,
            id: id(&user.id, "user.id")?,
            username: user.username,
            display_name: user.display_name,
        })
    }
}

impl TryFrom<event::UserKind> for UserKind {
    type Error = Malformed;

    fn try_from(kind: event::UserKind) -> Result<Self, Malformed> {
        match kind {
            event::UserKind::Person => Ok(Self::Person),
            event::UserKind::Bot => Ok(Self::Bot),
            event::UserKind::Bridged => Ok(Self::Bridged),
            event::UserKind::Unspecified => Err(Malformed("user.kind")),
        }
    }
}
