//! What a gateway can be interested in.

use std::fmt;

use xxhash_rust::xxh3::xxh3_64;

use crate::domain::{RoomId, UserId};

/// Something that events are routed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Topic {
    Room(RoomId),
    User(UserId),
}

impl Topic {
    /// Its part of the digest that the registry compares.
    pub(crate) fn hash(self) -> u64 {
        xxh3_64(self.to_string().as_bytes())
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Room(room) => write!(f, "room:{room}"),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}
