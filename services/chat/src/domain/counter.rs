//! The two counters of a room, and the one of a person's memberships.

use std::fmt;

macro_rules! counter {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i64);

        impl $name {
            /// Before the first.
            pub const ZERO: Self = Self(0);

            /// From a stored or received number; a negative one counts as zero.
            pub const fn new(value: i64) -> Self {
                Self(if value < 0 { 0 } else { value })
            }

            /// The number itself; never negative.
            pub const fn get(self) -> i64 {
                self.0
            }

            /// The following one.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0 + 1)
            }

            /// How many lie between `earlier` and this one; zero when `earlier` is not earlier.
            pub const fn since(self, earlier: Self) -> i64 {
                let distance = self.0 - earlier.0;
                if distance < 0 { 0 } else { distance }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter!(
    /// Position of an event in its room: from 1, dense, in order of commit.
    Seq
);
counter!(
    /// Number of messages in a room; also the position of a message among the messages, from 1.
    Count
);
counter!(
    /// Rises with every join and leave of a person.
    MembershipVersion
);

/// Where a room stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// Its last event.
    pub seq: Seq,
    /// Its number of messages.
    pub n: Count,
}

impl Head {
    /// Messages after `read`: what somebody who has read so far has not.
    pub const fn unread(self, read: Count) -> i64 {
        self.n.since(read)
    }

    /// The nearest read position that exists: at most the head, never behind `current`.
    #[must_use]
    pub fn clamp_read(self, current: Count, wanted: Count) -> Count {
        wanted.min(self.n).max(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_position_never_moves_backwards_nor_beyond_the_head() {
        let head = Head {
            seq: Seq::new(9),
            n: Count::new(5),
        };
        assert_eq!(head.clamp_read(Count::new(3), Count::new(1)), Count::new(3));
        assert_eq!(head.clamp_read(Count::new(3), Count::new(4)), Count::new(4));
        assert_eq!(
            head.clamp_read(Count::new(3), Count::new(99)),
            Count::new(5)
        );
    }

    #[test]
    fn unread_is_never_negative() {
        let head = Head {
            seq: Seq::new(9),
            n: Count::new(5),
        };
        assert_eq!(head.unread(Count::new(2)), 3);
        assert_eq!(head.unread(Count::new(7)), 0);
    }
}
