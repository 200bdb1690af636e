//! Identities. All are UUIDs; which kind of thing one names is in its type.

use std::{fmt, str::FromStr};

use uuid::Uuid;

use super::Invalid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl $name {
            /// Names the thing with this UUID.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::try_parse(text)
                    .map(Self)
                    .map_err(|_| Invalid::new($field, "bad_id", "must be a UUID"))
            }
        }
    };
}

id!(
    /// A person, a bot, or somebody beyond a bridge.
    UserId, "user_id"
);
id!(
    /// A room.
    RoomId, "room_id"
);
id!(
    /// A message; made by the client that sends it, unique over all rooms.
    MessageId, "message_id"
);
id!(
    /// One entry of a room's sequence, or one personal event.
    EventId, "event_id"
);
id!(
    /// All refresh tokens that descend from one log-in.
    FamilyId, "session_id"
);
id!(
    /// One life of the database: made with it, and made anew after a restore from a backup.
    Epoch, "epoch"
);
