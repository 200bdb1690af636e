//! Positions in a room's dense sequence.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A position is counted from 0 (nothing yet) upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a position is not below 0")]
pub struct NegativePosition;

macro_rules! position {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(
            Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize,
            Deserialize, JsonSchema, ToSchema,
        )]
        #[serde(try_from = "i64", into = "i64")]
        #[schema(value_type = i64, minimum = 0)]
        pub struct $name(i64);

        impl $name {
            /// Before the first one.
            pub const ZERO: Self = Self(0);

            /// The number itself, as the wire carries it.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The one that follows.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl TryFrom<i64> for $name {
            type Error = NegativePosition;

            fn try_from(value: i64) -> Result<Self, NegativePosition> {
                if value < 0 { Err(NegativePosition) } else { Ok(Self(value)) }
            }
        }

        impl From<$name> for i64 {
            fn from(position: $name) -> i64 {
                position.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

position! {
    /// Position of an event in its room: from 1, without gaps; 0 is before the first one.
    Seq
}
position! {
    /// How many messages a room had at some point (`n`); unread = the room's minus the member's.
    Count
}
