use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::domain::{
    Count, Member, Membership, MembershipVersion, MessageId, Role, RoomId, UserId,
};

/// Somebody who is to be added to a room.
#[derive(Clone, Copy, Debug)]
pub struct Newcomer {
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
}

/// Questions about who is in a room.
#[async_trait]
pub trait FindMembers {
    /// A person's relation to a room; `None` when not in it.
    async fn membership(
        &mut self,
        room: RoomId,
        user: UserId,
    ) -> Result<Option<Membership>, StoreError>;

    /// The members by user id, those after `after`.
    async fn members(
        &mut self,
        room: RoomId,
        after: Option<UserId>,
        limit: u32,
    ) -> Result<Vec<Member>, StoreError>;

    /// How many owners a room has.
    async fn owners(&mut self, room: RoomId) -> Result<i64, StoreError>;

    /// How many members other than the sender have read the message.
    async fn read_by(&mut self, message: MessageId) -> Result<i64, StoreError>;
}

/// Changes of who is in a room; the caller has locked the room. Joins and leaves keep the room's
/// member count and raise the membership versions, which are returned in the order of the people.
#[async_trait]
pub trait ChangeMembers {
    /// Adds people who are not in the room, with everything up to `read_n` read.
    async fn add_members(
        &mut self,
        room: RoomId,
        newcomers: &[Newcomer],
        read_n: Count,
        now: OffsetDateTime,
    ) -> Result<Vec<(UserId, MembershipVersion)>, StoreError>;

    /// Removes somebody who is in the room.
    async fn remove_member(
        &mut self,
        room: RoomId,
        user: UserId,
    ) -> Result<MembershipVersion, StoreError>;

    /// Removes everybody.
    async fn remove_all_members(
        &mut self,
        room: RoomId,
    ) -> Result<Vec<(UserId, MembershipVersion)>, StoreError>;

    /// Gives a member another role.
    async fn set_role(&mut self, room: RoomId, user: UserId, role: Role) -> Result<(), StoreError>;

    /// Moves a read position forward; answers whether it moved.
    async fn move_read(
        &mut self,
        room: RoomId,
        user: UserId,
        read_n: Count,
    ) -> Result<bool, StoreError>;
}
