//! Telling whether two sets of topics are the same without sending them.

use super::Topic;

/// XOR of the topics' XXH3 hashes: independent of order, and changed by one topic in constant time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Digest(u64);

impl Digest {
    /// The digest of a whole set.
    pub fn of<'a>(topics: impl IntoIterator<Item = &'a Topic>) -> Self {
        let mut digest = Self::default();
        for topic in topics {
            digest.toggle(*topic);
        }
        digest
    }

    /// Adds a topic that was not in the set, or takes one away that was.
    pub fn toggle(&mut self, topic: Topic) {
        self.0 ^= topic.xxh3();
    }

    /// The number itself, as the wire carries it.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<u64> for Digest {
    fn from(value: u64) -> Self {
        Self(value)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_digest_depends_on_the_set_and_not_on_its_history() {
        let topics: Vec<_> = (1..=5).map(|id| Topic::Room(Uuid::from_u128(id))).collect();
        let mut digest = Digest::of(topics.iter().rev());
        assert_eq!(digest, Digest::of(&topics));

        let guest = Topic::User(Uuid::from_u128(1));
        digest.toggle(guest);
        assert_ne!(digest, Digest::of(&topics));
        digest.toggle(guest);
        assert_eq!(digest, Digest::of(&topics));
        assert_eq!(Digest::of([]), Digest::default());
    }
}
