//! The topics that this gateway wants, and how far the registry knows of them.
//!
//! Invariants:
//! - a topic is in `topics` exactly as long as a feed or a person of the hub wants it;
//! - its operation is the one that adds it, so it is registered once that operation is noted;
//! - while there is no registry to tell, no changes wait: everything is announced again to the next one;
//! - `sent` describes the registry's list after the last operation that was taken.

use std::collections::{HashMap, HashSet, VecDeque};

use parking_lot::Mutex;
use proto::notification::{Beat, Interest};
use tokio::sync::{Notify, watch};

use super::topic::Topic;

/// Topics in one operation.
const MOST_PER_OPERATION: usize = 1_000;

pub(crate) struct Interests {
    inner: Mutex<Inner>,
    /// Something waits to be sent.
    pub(crate) changed: Notify,
    /// The last operation that the registry noted.
    noted: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    topics: HashMap<Topic, Wanted>,
    /// There is a registry that is told the changes.
    attached: bool,
    /// Changes in order; a later one of the same topic supersedes the earlier ones.
    changes: VecDeque<Topic>,
    /// Topics that the registry has to forget.
    unwanted: HashSet<Topic>,
    /// The last operation that was taken.
    operation: u64,
    sent: Sent,
    /// The next operation replaces all before.
    reset: bool,
}

#[derive(Clone, Copy)]
struct Wanted {
    /// The operation that adds it; `None` until it is taken.
    operation: Option<u64>,
}

#[derive(Clone, Copy, Default)]
struct Sent {
    topics: u64,
    digest: u64,
}

impl Interests {
    pub(crate) fn new() -> Self {
        Self {
            inner: Mutex::default(),
            changed: Notify::new(),
            noted: watch::Sender::new(0),
        }
    }

    /// Wants a topic; wanting it again changes nothing.
    pub(crate) fn want(&self, topic: Topic) {
        let mut inner = self.inner.lock();
        if inner.topics.contains_key(&topic) {
            return;
        }
        // A removal that was not sent yet is no news to the registry, but for waiters the topic has
        // to be registered after now, so it is added again.
        inner.topics.insert(topic, Wanted { operation: None });
        if inner.attached {
            inner.changes.push_back(topic);
            drop(inner);
            self.changed.notify_one();
        }
    }

    /// Wants a topic no more.
    pub(crate) fn unwant(&self, topic: Topic) {
        let mut inner = self.inner.lock();
        let Some(wanted) = inner.topics.remove(&topic) else {
            return;
        };
        if inner.attached && wanted.operation.is_some() {
            inner.unwanted.insert(topic);
            inner.changes.push_back(topic);
            drop(inner);
            self.changed.notify_one();
        }
    }

    /// Waits until the registry has noted all these topics, as far as they are still wanted.
    pub(crate) async fn registered(&self, topics: &[Topic]) {
        let mut noted = self.noted.subscribe();
        loop {
            let upto = *noted.borrow_and_update();
            if self.are_noted(topics, upto) || noted.changed().await.is_err() {
                return;
            }
        }
    }

    fn are_noted(&self, topics: &[Topic], upto: u64) -> bool {
        let inner = self.inner.lock();
        topics.iter().all(|topic| {
            let Some(wanted) = inner.topics.get(topic) else {
                return true;
            };
            wanted.operation.is_some_and(|operation| operation <= upto)
        })
    }

    /// The registry has noted everything up to this operation.
    pub(crate) fn note(&self, operation: u64) {
        self.noted.send_if_modified(|noted| {
            let newer = operation > *noted;
            *noted = operation.max(*noted);
            newer
        });
    }

    /// There is no registry any more. It may be away for long, and topics come and go meanwhile.
    pub(crate) fn detach(&self) {
        let mut inner = self.inner.lock();
        inner.attached = false;
        inner.reset = false;
        inner.unwanted = HashSet::new();
        inner.changes = VecDeque::new();
    }

    /// From now on everything is to be said again, to a registry that may know nothing. Answers with
    /// the last operation of that.
    pub(crate) fn announce_again(&self) -> u64 {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        inner.attached = true;
        inner.unwanted.clear();
        inner.changes = inner.topics.keys().copied().collect();
        for wanted in inner.topics.values_mut() {
            wanted.operation = None;
        }
        inner.sent = Sent::default();
        inner.reset = true;
        self.changed.notify_one();
        let operations = inner.changes.len().div_ceil(MOST_PER_OPERATION).max(1);
        inner.operation + operations as u64
    }

    /// The next operation to send, if anything has changed.
    pub(crate) fn take(&self) -> Option<Interest> {
        let mut inner = self.inner.lock();
        let inner = &mut *inner;
        if inner.changes.is_empty() && !inner.reset {
            return None;
        }
        let mut interest = Interest {
            operation: inner.operation + 1,
            reset: std::mem::take(&mut inner.reset),
            ..Interest::default()
        };
        let count = inner.changes.len().min(MOST_PER_OPERATION);
        for topic in inner.changes.drain(..count) {
            // Removed and wanted again before it was sent: the registry still has it, and adding
            // it again is harmless.
            let was_sent = inner.unwanted.remove(&topic);
            match inner.topics.get_mut(&topic) {
                Some(wanted) if wanted.operation.is_none() => {
                    wanted.operation = Some(interest.operation);
                    interest.add.push(topic.to_string());
                    if !was_sent {
                        inner.sent.topics += 1;
                        inner.sent.digest ^= topic.hash();
                    }
                }
                None if was_sent => {
                    interest.remove.push(topic.to_string());
                    inner.sent.topics -= 1;
                    inner.sent.digest ^= topic.hash();
                }
                _ => {}
            }
        }
        inner.operation += 1;
        Some(interest)
    }

    /// A beat that agrees with everything that was taken so far.
    pub(crate) fn beat(&self, connections: usize, draining: bool) -> Beat {
        let sent = self.inner.lock().sent;
        Beat {
            connections: u32::try_from(connections).unwrap_or(u32::MAX),
            topics: sent.topics,
            digest: sent.digest,
            draining,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::RoomId;

    fn topic(number: u8) -> Topic {
        Topic::Room(RoomId::new(Uuid::from_u128(number.into())))
    }

    /// With a registry that knows of nothing to know.
    fn attached() -> Interests {
        let interests = Interests::new();
        let announced = interests.announce_again();
        assert_eq!(interests.take().unwrap().operation, announced);
        interests
    }

    #[tokio::test]
    async fn a_topic_is_registered_when_its_operation_is_noted() {
        let interests = attached();
        interests.want(topic(1));
        let first = interests.take().unwrap().operation;
        interests.want(topic(2));
        let second = interests.take().unwrap().operation;
        interests.note(first);
        interests.registered(&[topic(1)]).await;
        assert!(!interests.are_noted(&[topic(2)], first));
        interests.note(second);
        interests.registered(&[topic(1), topic(2)]).await;
    }

    #[tokio::test]
    async fn what_was_registered_is_not_until_it_was_announced_again() {
        let interests = attached();
        interests.want(topic(1));
        let first = interests.take().unwrap().operation;
        interests.note(first);
        let last = interests.announce_again();
        assert!(!interests.are_noted(&[topic(1)], first));
        let again = interests.take().unwrap();
        assert!(again.reset);
        assert_eq!(again.add, [topic(1).to_string()]);
        assert_eq!(again.operation, last);
    }

    #[test]
    fn without_a_registry_nothing_piles_up() {
        let interests = attached();
        interests.want(topic(1));
        interests.take().unwrap();
        interests.detach();
        for number in 2..100 {
            interests.want(topic(number));
            interests.unwant(topic(number));
        }
        interests.want(topic(100));
        interests.unwant(topic(1));
        assert_eq!(interests.inner.lock().changes.len(), 0);
        assert_eq!(interests.take(), None);
        interests.announce_again();
        let all = interests.take().unwrap();
        assert!(all.reset);
        assert_eq!(all.add, [topic(100).to_string()]);
    }

    proptest! {
        #[test]
        fn the_registry_ends_with_what_is_wanted_and_the_digest_agrees(
            steps in prop::collection::vec((0_u8..5, 0_u8..6), 0..60),
        ) {
            let interests = Interests::new();
            let mut wanted = HashSet::new();
            let mut registry = HashSet::new();
            let mut send = |interests: &Interests| {
                while let Some(interest) = interests.take() {
                    if interest.reset {
                        registry.clear();
                    }
                    for topic in &interest.remove {
                        registry.remove(topic);
                    }
                    registry.extend(interest.add);
                    let beat = interests.beat(0, false);
                    prop_assert_eq!(beat.topics, registry.len() as u64);
                }
                Ok(())
            };
            for (step, number) in steps {
                match step {
                    0 => { interests.want(topic(number)); wanted.insert(topic(number)); }
                    1 => { interests.unwant(topic(number)); wanted.remove(&topic(number)); }
                    2 => send(&interests)?,
                    3 => interests.detach(),
                    _ => { interests.announce_again(); }
                }
            }
            if !interests.inner.lock().attached {
                interests.announce_again();
            }
            send(&interests)?;
            let beat = interests.beat(0, false);
            let digest = wanted.iter().fold(0, |digest, topic: &Topic| digest ^ topic.hash());
            let names: HashSet<String> = wanted.iter().map(ToString::to_string).collect();
            prop_assert_eq!(beat.digest, digest);
            prop_assert_eq!(registry, names);
        }
    }
}
