//! What happened: in a room, in its dense sequence, and for one person.

use time::OffsetDateTime;

use super::{
    Count, EventId, Head, MembershipVersion, Message, Role, RoomDescription, RoomId, Seq, UserId,
    UserRef,
};

/// Read positions are shown to the other members in rooms of at most so many: in larger ones every
/// reader would cost a frame to every other.
pub const RECEIPT_MEMBERS: i64 = 64;

/// One entry of a room's sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoomEvent {
    /// Which.
    pub id: EventId,
    /// Where.
    pub room: RoomId,
    /// The room's head with this event: its own seq, and the messages so far.
    pub head: Head,
    /// When.
    pub at: OffsetDateTime,
    /// Who caused it.
    pub actor: UserId,
    /// What.
    pub body: EventBody,
}

impl RoomEvent {
    /// Its position.
    pub const fn seq(&self) -> Seq {
        self.head.seq
    }
}

/// What happened in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventBody {
    /// Somebody wrote.
    MessageCreated(Box<Message>),
    /// Somebody is now in the room.
    MemberJoined {
        /// Who.
        user: UserRef,
        /// As what.
        role: Role,
    },
    /// Somebody is no longer in the room: the last event that they are shown.
    MemberLeft {
        /// Who.
        user: UserId,
    },
    /// Somebody may now do other things.
    MemberRoleChanged {
        /// Who.
        user: UserId,
        /// As what from now on.
        role: Role,
    },
    /// The room was opened.
    RoomCreated(RoomDescription),
    /// The room says something else of itself.
    RoomChanged(RoomDescription),
    /// The room is gone.
    RoomDeleted,
}

/// Something for all devices of one person. It has no sequence: [`MembershipVersion`] orders joins
/// and leaves, `read_n` read positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonalEvent {
    /// Which.
    pub id: EventId,
    /// For whom.
    pub user: UserId,
    /// When.
    pub at: OffsetDateTime,
    /// What.
    pub body: PersonalBody,
}

/// What happened for one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonalBody {
    /// The person is now in the room; its events follow after `seq`.
    RoomAdded {
        /// Which.
        room: RoomId,
        /// The room's seq of the join.
        seq: Seq,
        /// The person's version with this join.
        version: MembershipVersion,
    },
    /// The person is no longer in the room; nothing after `seq` may be shown.
    RoomRemoved {
        /// Which.
        room: RoomId,
        /// The room's seq of the leave.
        seq: Seq,
        /// The person's version with this leave.
        version: MembershipVersion,
    },
    /// The person has read the room up to this message.
    ReadMoved {
        /// Which room.
        room: RoomId,
        /// How far.
        read_n: Count,
        /// Whether the other members are shown it, see [`RECEIPT_MEMBERS`].
        receipt: bool,
    },
}

/// The sequence of a new room begins with its opening, then its members join one by one.
pub fn events_of_a_new_room(
    description: &RoomDescription,
    members: &[(UserRef, Role)],
) -> impl Iterator<Item = EventBody> {
    let joins = members.iter().map(|(user, role)| EventBody::MemberJoined {
        user: user.clone(),
        role: *role,
    });
    std::iter::once(EventBody::RoomCreated(description.clone())).chain(joins)
}
