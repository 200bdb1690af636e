//! How far this member is in the partitions that it owns.

use std::collections::HashMap;

use crate::Received;

/// The partitions that this member owns now.
#[derive(Debug, Default)]
pub(super) struct Positions {
    owned: HashMap<(String, i32), Position>,
}

/// In one partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Position {
    /// The first record that was received and is not committed.
    uncommitted: Option<i64>,
    /// Behind the last record that was received.
    next: i64,
}

impl Positions {
    pub(super) fn assign(&mut self, topic: &str, partition: i32) {
        let place = (topic.to_owned(), partition);
        self.owned.insert(place, Position::default());
    }

    /// What was received of it and not committed is the next owner's.
    pub(super) fn revoke(&mut self, topic: &str, partition: i32) {
        self.owned.remove(&(topic.to_owned(), partition));
    }

    pub(super) fn owns(&self, received: &Received) -> bool {
        self.owned
            .contains_key(&(received.topic.clone(), received.partition))
    }

    pub(super) fn received(&mut self, received: &Received) {
        let place = (received.topic.clone(), received.partition);
        if let Some(position) = self.owned.get_mut(&place) {
            position.uncommitted.get_or_insert(received.offset);
            position.next = received.offset + 1;
        }
    }

    /// Marks these as done; answers where each of their partitions goes on. Left out: partitions
    /// that went to another member meanwhile.
    pub(super) fn commit(&mut self, done: &[Received]) -> HashMap<(String, i32), i64> {
        let mut commits: HashMap<(String, i32), i64> = HashMap::new();
        for received in done {
            let place = (received.topic.clone(), received.partition);
            let Some(position) = self.owned.get_mut(&place) else {
                continue;
            };
            let next = received.offset + 1;
            let ours = position.uncommitted.is_some_and(|first| first < next);
            if ours && next <= position.next {
                position.uncommitted = (next < position.next).then_some(next);
                commits.insert(place, next);
            }
        }
        commits
    }

    /// Where each partition with uncommitted records goes back to.
    pub(super) fn uncommitted(&self) -> Vec<(String, i32, i64)> {
        let starts = self.owned.iter().filter_map(|(place, position)| {
            let first = position.uncommitted?;
            Some((place.0.clone(), place.1, first))
        });
        starts.collect()
    }

    /// The partition will be read from here again.
    pub(super) fn went_back(&mut self, topic: &str, partition: i32) {
        let place = (topic.to_owned(), partition);
        if let Some(position) = self.owned.get_mut(&place) {
            *position = Position::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Malformed;

    fn received(offset: i64) -> Received {
        Received {
            topic: "topic".into(),
            partition: 0,
            offset,
            record: Err(Malformed {
                reason: String::new(),
                key: String::new(),
                headers: Vec::new(),
                value: "".into(),
                time: time::OffsetDateTime::UNIX_EPOCH,
            }),
        }
    }

    fn after(offsets: &[i64]) -> Positions {
        let mut positions = Positions::default();
        positions.assign("topic", 0);
        for offset in offsets {
            positions.received(&received(*offset));
        }
        positions
    }

    #[test]
    fn a_commit_goes_on_behind_the_last_record_that_is_done() {
        let mut positions = after(&[3, 4, 5]);
        let commits = positions.commit(&[received(3), received(4)]);
        assert_eq!(commits[&("topic".to_owned(), 0)], 5);
        assert_eq!(positions.uncommitted(), [("topic".to_owned(), 0, 5)]);
    }

    #[test]
    fn a_revoked_partition_is_not_committed() {
        let mut positions = after(&[3]);
        positions.revoke("topic", 0);
        assert!(positions.commit(&[received(3)]).is_empty());
    }

    #[test]
    fn a_partition_that_came_back_is_not_committed_with_what_was_received_before() {
        let mut positions = after(&[3, 4]);
        positions.revoke("topic", 0);
        positions.assign("topic", 0);
        assert!(positions.commit(&[received(4)]).is_empty());
    }

    #[test]
    fn what_is_committed_is_not_gone_back_to() {
        let mut positions = after(&[3, 4]);
        positions.commit(&[received(4)]);
        assert!(positions.uncommitted().is_empty());
    }
}
