use async_trait::async_trait;

use super::StoreError;
use crate::domain::{Count, Message, MessageId, Role, RoomId, UserId, UserRef};

/// A stretch of a room's messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The newest with `n` below this, newest first.
    Before(Count),
    /// The oldest with `n` above this, oldest first.
    After(Count),
}

/// Somebody who wants to write into a room.
#[derive(Clone, Debug)]
pub struct Poster {
    /// Who.
    pub user: UserRef,
    /// Where.
    pub room: RoomId,
    /// As what; `None` when not in the room.
    pub role: Option<Role>,
}

/// Questions about messages.
#[async_trait]
pub trait FindMessages {
    /// Those of these messages that exist, in no order. Messages of deleted rooms, too: a repeated
    /// send is answered for ever.
    async fn messages(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, StoreError>;

    /// A stretch of a room's messages.
    async fn history(
        &mut self,
        room: RoomId,
        window: Window,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// These people with their roles in these rooms; people who do not exist are left out.
    async fn posters(&mut self, wanted: &[(RoomId, UserId)]) -> Result<Vec<Poster>, StoreError>;
}
