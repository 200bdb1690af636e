//! The public JSON of the protocol, shared by REST answers and WebSocket frames, and made from what
//! chat says.
//!
//! Ids are UUIDs as text, times RFC 3339 in UTC with milliseconds, absent fields are left out.

mod event;
mod list;
mod member;
mod message;
mod room;
mod session;
mod timestamp;
mod user;

pub use event::{Event, EventBody, MemberJoined, MemberLeft, MemberRoleChanged, RoomDeleted};
pub use list::{EmptyList, List};
pub use member::{Member, Role};
pub use message::{Message, MessageSource};
pub use room::{Head, My, Room, RoomDescription, RoomKind, Visibility};
pub use session::{Session, Ticket};
pub use timestamp::Timestamp;
pub use user::{User, UserKind, UserRef};

/// Another service said something that this one can't read: a fault of the program, never of a
/// person's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an internal answer has no readable `{0}`")]
pub struct Malformed(pub &'static str);

/// The id in this text.
fn id<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<T, Malformed> {
    text.parse().map_err(|_| Malformed(field))
}

/// The position or count with this number.
fn number<T: TryFrom<i64>>(number: i64, field: &'static str) -> Result<T, Malformed> {
    T::try_from(number).map_err(|_| Malformed(field))
}

/// A part that must be there.
fn required<T>(part: Option<T>, field: &'static str) -> Result<T, Malformed> {
    part.ok_or(Malformed(field))
}
