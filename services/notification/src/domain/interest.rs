//! Changes of what a gateway wants.

use super::Topic;

/// Where a change stands among all changes of one life of a gateway. A change is applied if its step
/// is later than the last one that was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step {
    /// The gateway's number of the operation; rising.
    pub operation: u64,
    /// A long operation is written in several parts, from 0.
    pub part: u32,
}

/// A change of the topics that a gateway wants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// Forget everything that was wanted before.
    pub reset: bool,
    /// No longer wanted; taken away before anything is added.
    pub remove: Vec<Topic>,
    /// Wanted from now on.
    pub add: Vec<Topic>,
}

impl Change {
    /// The same change in parts of at most `size` topics, so that writing none takes long. There is
    /// always at least one; only the first resets.
    #[must_use]
    pub fn in_parts(self, size: usize) -> Vec<Self> {
        let mut parts = Vec::new();
        for remove in self.remove.chunks(size) {
            parts.push(Self {
                remove: remove.to_vec(),
                ..Self::default()
            });
        }
        for add in self.add.chunks(size) {
            parts.push(Self {
                add: add.to_vec(),
                ..Self::default()
            });
        }
        if parts.is_empty() {
            parts.push(Self::default());
        }
        parts[0].reset = self.reset;
        parts
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn rooms(count: u128) -> Vec<Topic> {
        (0..count)
            .map(|id| Topic::Room(Uuid::from_u128(id)))
            .collect()
    }

    #[test]
    fn a_long_change_comes_in_parts_and_resets_once() {
        let parts = Change {
            reset: true,
            remove: rooms(1),
            add: rooms(5),
        }
        .in_parts(2);

        let sizes: Vec<_> = parts
            .iter()
            .map(|p| (p.remove.len(), p.add.len()))
            .collect();
        assert_eq!(sizes, [(1, 0), (0, 2), (0, 2), (0, 1)]);
        let resets: Vec<_> = parts.iter().map(|part| part.reset).collect();
        assert_eq!(resets, [true, false, false, false]);
    }

    #[test]
    fn a_reset_without_topics_is_still_a_change() {
        let reset = Change {
            reset: true,
            ..Change::default()
        };
        assert_eq!(reset.clone().in_parts(2), [reset]);
    }
}
