//! What has a meaning has a type: who and where ([`UserId`], [`RoomId`], [`MessageId`]), positions
//! in a room ([`Seq`], [`Count`]) and lives of the database ([`Epoch`]).

mod epoch;
mod ids;
mod position;

pub use epoch::Epoch;
pub use ids::{BadId, MessageId, RoomId, UserId};
pub use position::{Count, NegativePosition, Seq};
