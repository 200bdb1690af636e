use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::domain::{
    Count, Head, Membership, MembershipVersion, Message, Room, RoomDescription, RoomId, Seq,
    UserId, UserRef,
};

/// A room as one person sees it.
#[derive(Clone, Debug)]
pub struct RoomView {
    /// The room.
    pub room: Room,
    /// The person's relation to it; `None` when not in it.
    pub my: Option<Membership>,
    /// Its newest message, for members.
    pub last_message: Option<Message>,
    /// The other person of a direct room.
    pub peer: Option<UserRef>,
}

impl RoomView {
    /// Messages the person has not read; none for somebody who is not in the room.
    pub fn unread(&self) -> i64 {
        self.my.map_or(0, |my| self.room.head.unread(my.read_n))
    }
}

/// A room of a person, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MembershipHead {
    /// Which room.
    pub room: RoomId,
    /// Where it stands.
    pub head: Head,
    /// How far the person has read.
    pub read_n: Count,
    /// The room's last event before the person joined, the last time.
    pub joined: Seq,
}

/// All rooms of a person.
#[derive(Clone, Debug)]
pub struct PersonMemberships {
    /// Whose.
    pub user: UserId,
    /// Rises with every join and leave.
    pub version: MembershipVersion,
    /// By room id.
    pub rooms: Vec<MembershipHead>,
}

/// The two people of a direct room, in one order whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectPair {
    /// The lesser id.
    pub first: UserId,
    /// The greater id.
    pub second: UserId,
}

impl DirectPair {
    /// The pair of these two.
    pub fn of(one: UserId, other: UserId) -> Self {
        Self {
            first: one.min(other),
            second: one.max(other),
        }
    }
}

/// Questions about rooms. Deleted rooms are not found, except by [`FindRooms::head`] and
/// [`FindRooms::heads`].
#[async_trait]
pub trait FindRooms {
    /// The room with this id.
    async fn room(&mut self, id: RoomId) -> Result<Option<Room>, StoreError>;

    /// The room as somebody sees it.
    async fn room_view(
        &mut self,
        id: RoomId,
        viewer: UserId,
    ) -> Result<Option<RoomView>, StoreError>;

    /// The rooms somebody is in, newest first, those older than `after`.
    async fn rooms_of(
        &mut self,
        viewer: UserId,
        after: Option<RoomId>,
        limit: u32,
    ) -> Result<Vec<RoomView>, StoreError>;

    /// Public rooms whose title key begins with the prefix; by title key, those after `after`.
    async fn public_rooms(
        &mut self,
        viewer: UserId,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<RoomView>, StoreError>;

    /// The public room with this title key.
    async fn room_titled(&mut self, key: &str) -> Result<Option<RoomId>, StoreError>;

    /// The room of these two.
    async fn direct_room(&mut self, pair: DirectPair) -> Result<Option<RoomId>, StoreError>;

    /// Where a room stands, even a deleted one: its last events are still to be passed on.
    async fn head(&mut self, id: RoomId) -> Result<Option<Head>, StoreError>;

    /// Where these rooms stand, even deleted ones; those that never were are left out.
    async fn heads(&mut self, ids: &[RoomId]) -> Result<Vec<(RoomId, Head)>, StoreError>;

    /// All rooms of these people; people who do not exist are left out.
    async fn memberships(&mut self, users: &[UserId])
    -> Result<Vec<PersonMemberships>, StoreError>;
}

/// Changes of rooms. Heads are moved by [`super::RecordEvents::record`] only.
#[async_trait]
pub trait ChangeRooms {
    /// Locks these rooms, in the order of their ids, until the end of the transaction: nobody else
    /// moves their heads. Those that do not exist are left out.
    async fn lock_rooms(&mut self, ids: &[RoomId]) -> Result<Vec<Room>, StoreError>;

    /// Adds a room without members; [`StoreError::Conflict`] when its title or pair was just taken.
    async fn add_room(&mut self, room: &Room, direct: Option<DirectPair>)
    -> Result<(), StoreError>;

    /// Lets a room say something else of itself; [`StoreError::Conflict`] when its title was just
    /// taken.
    async fn describe_room(
        &mut self,
        id: RoomId,
        description: &RoomDescription,
    ) -> Result<(), StoreError>;

    /// Marks a room as gone and frees its title. Its events stay, to be passed on.
    async fn delete_room(&mut self, id: RoomId, now: OffsetDateTime) -> Result<(), StoreError>;
}
