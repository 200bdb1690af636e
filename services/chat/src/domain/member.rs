//! Who is in a room, and as what.

use time::OffsetDateTime;

use super::{Count, UserRef};

/// What a member may do; the greater may do more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Reader,
    /// Reads, and writes in groups.
    Member,
    /// Writes, describes the room, adds and removes members and readers.
    Admin,
    /// Everything.
    Owner,
}

/// A person's own relation to a room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Membership {
    /// As what.
    pub role: Role,
    /// How far the person has read; what was there before the join counts as read.
    pub read_n: Count,
    /// Whether the person wants no notifications.
    pub muted: bool,
}

/// Somebody in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub user: UserRef,
    /// In what relation to the room.
    pub membership: Membership,
    /// Since when.
    pub joined_at: OffsetDateTime,
}
