//! Rooms, people, messages and the rules between them: pure, synchronous, without I/O or clock.
//!
//! A value of one of these types has been checked when it was made and needs no check afterwards.

mod counter;
mod event;
mod id;
mod invalid;
mod member;
mod message;
mod password;
mod person;
mod policy;
mod room;
mod text;

pub use counter::{Count, Head, MembershipVersion, Seq};
pub use event::{
    EventBody, PersonalBody, PersonalEvent, RECEIPT_MEMBERS, RoomEvent, events_of_a_new_room,
};
pub use id::{Epoch, EventId, FamilyId, MessageId, RoomId, UserId};
pub use invalid::Invalid;
pub use member::{Member, Membership, Role};
pub use message::{Body, Message, MessageSource};
pub use password::Password;
pub use person::{DisplayName, User, UserKind, UserRef, Username};
pub use policy::{
    Leaving, Refusal, leaving, may_delete, may_describe, may_join, may_post, may_put, may_remove,
};
pub use room::{Room, RoomDescription, RoomKind, Title, Topic, Visibility};
