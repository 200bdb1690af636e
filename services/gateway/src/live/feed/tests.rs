use std::task::{Context, Poll, Waker};

use proptest::prelude::*;
use uuid::Uuid;

use super::*;

const ANNA: u128 = 1;
const BEN: u128 = 2;

fn seq(number: i64) -> Seq {
    Seq::try_from(number).unwrap()
}

/// An event whose frame is its own number, in eight bytes.
fn event(number: i64) -> Passage {
    Passage {
        seq: seq(number),
        frame: Bytes::copy_from_slice(&number.to_be_bytes()),
        ends: None,
    }
}

fn last_of(user: u128, number: i64) -> Passage {
    Passage {
        ends: Some(Ends::Member(UserId::new(Uuid::from_u128(user)))),
        ..event(number)
    }
}

fn connection(user: u128) -> Arc<Connection> {
    let user = UserId::new(Uuid::from_u128(user));
    Arc::new(Connection::new(Uuid::nil(), user, 1 << 20))
}

fn feed() -> Feed {
    Feed::new(RoomId::new(Uuid::nil()))
}

/// Everything that was queued, as bytes.
fn queued(connection: &Connection) -> Vec<u8> {
    let mut all = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    let mut context = Context::from_waker(Waker::noop());
    while let Poll::Ready(count) = connection.outlet.poll_copy(&mut context, &mut buffer) {
        connection.outlet.written(count);
        all.extend_from_slice(&buffer[..count]);
    }
    all
}

fn numbers(connection: &Connection) -> Vec<i64> {
    let bytes = queued(connection);
    let (numbers, rest) = bytes.as_chunks::<8>();
    assert!(rest.is_empty(), "something else was queued");
    numbers.iter().copied().map(i64::from_be_bytes).collect()
}

fn live_at(feed: &Feed, user: u128, at: i64) -> Arc<Connection> {
    let connection = connection(user);
    feed.hold(&connection).unwrap();
    assert!(!feed.open(seq(at)).fill);
    assert_eq!(feed.release(&connection, seq(at)), Release::Live);
    connection
}

#[tokio::test]
async fn a_gap_is_asked_for_once_and_what_came_after_it_waits() {
    let feed = feed();
    let anna = live_at(&feed, ANNA, 1);
    assert!(feed.note(event(3)).fill);
    assert!(!feed.note(event(4)).fill);
    assert!(numbers(&anna).is_empty());
    assert_eq!(feed.gap(), Some(seq(1)));
    assert!(!feed.note(event(2)).fill);
    assert_eq!(numbers(&anna), [2, 3, 4]);
    assert_eq!(feed.gap(), None);
}

#[tokio::test]
async fn a_head_beyond_the_last_event_is_a_gap_too() {
    let feed = feed();
    let anna = live_at(&feed, ANNA, 1);
    assert!(feed.note_head(seq(2)).fill);
    assert!(!feed.note(event(2)).fill);
    assert_eq!(numbers(&anna), [2]);
}

#[tokio::test]
async fn a_newcomer_ahead_of_the_feed_gets_nothing_twice() {
    let feed = feed();
    let anna = live_at(&feed, ANNA, 1);
    let ben = live_at(&feed, BEN, 3);
    for number in 2..=4 {
        let _ = feed.note(event(number));
    }
    assert_eq!(numbers(&anna), [2, 3, 4]);
    assert_eq!(numbers(&ben), [4]);
}

#[tokio::test]
async fn who_was_removed_sees_the_own_leave_and_nothing_after_it() {
    let feed = feed();
    let anna = live_at(&feed, ANNA, 1);
    let ben = live_at(&feed, BEN, 1);
    let noted = feed.note(last_of(BEN, 2));
    assert_eq!(noted.removed.len(), 1);
    let _ = feed.note(event(3));
    assert_eq!(numbers(&anna), [2, 3]);
    let shown = queued(&ben);
    assert_eq!(shown[..8], 2_i64.to_be_bytes());
    assert!(String::from_utf8_lossy(&shown[8..]).ends_with('}'));
    assert!(String::from_utf8_lossy(&shown[8..]).contains("room.removed"));
    assert!(!feed.has(ben.id));
}

#[tokio::test]
async fn a_removal_during_a_replay_ends_the_replay() {
    let feed = feed();
    let ben = live_at(&feed, BEN, 1);
    assert_eq!(feed.hold_again(ben.id), Some(seq(1)));
    let _ = feed.note(last_of(BEN, 2));
    let _ = feed.note(event(3));
    assert_eq!(feed.release(&ben, seq(1)), Release::Removed(seq(2)));
    let shown = queued(&ben);
    assert_eq!(shown[..8], 2_i64.to_be_bytes());
    assert!(!feed.has(ben.id));
}

#[tokio::test]
async fn who_came_back_after_a_removal_is_not_removed_by_the_old_one() {
    let feed = feed();
    let _anna = live_at(&feed, ANNA, 1);
    let ben = live_at(&feed, BEN, 4);
    let _ = feed.note(last_of(BEN, 2));
    for number in 3..=5 {
        let _ = feed.note(event(number));
    }
    assert_eq!(numbers(&ben), [5]);
}

#[tokio::test]
async fn a_feed_without_subscribers_ends_and_takes_no_more() {
    let feed = feed();
    let anna = live_at(&feed, ANNA, 1);
    assert!(!feed.end_if_empty());
    assert!(feed.leave(anna.id));
    assert!(feed.end_if_empty());
    feed.hold(&anna).unwrap_err();
}

/// What happens to a feed, in any order.
#[derive(Clone, Debug)]
enum Step {
    Commit,
    /// One of the committed events is delivered, perhaps not for the first time.
    Deliver(prop::sample::Index),
    Head,
    Fill,
    Join,
    /// The snapshot of one that joins is there.
    Release(prop::sample::Index),
    /// One that is live asks for a replay.
    Hold(prop::sample::Index),
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<prop::sample::Index>;
    prop_oneof![
        4 => Just(Step::Commit),
        6 => index().prop_map(Step::Deliver),
        1 => Just(Step::Head),
        3 => Just(Step::Fill),
        1 => Just(Step::Join),
        2 => index().prop_map(Step::Release),
        1 => index().prop_map(Step::Hold),
    ]
}

struct Simulated {
    connection: Arc<Connection>,
    /// It has everything up to here from its snapshot.
    from: Option<i64>,
    /// Up to where it had everything when it was held.
    held_at: Option<Seq>,
}

struct Simulation {
    feed: Feed,
    committed: i64,
    filling: bool,
    subscribers: Vec<Simulated>,
}

impl Simulation {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Commit => self.committed += 1,
            Step::Deliver(index) if self.committed > 0 => {
                let size = usize::try_from(self.committed).unwrap();
                let number = i64::try_from(index.index(size)).unwrap() + 1;
                let noted = self.feed.note(event(number));
                self.filled_by(&noted);
            }
            Step::Head => {
                let noted = self.feed.note_head(seq(self.committed));
                self.filled_by(&noted);
            }
            Step::Fill => self.fill(),
            Step::Join => {
                let connection = connection(ANNA);
                self.feed.hold(&connection).unwrap();
                self.subscribers.push(Simulated {
                    connection,
                    from: None,
                    held_at: None,
                });
            }
            Step::Release(index) if !self.subscribers.is_empty() => {
                self.release(index.index(self.subscribers.len()));
            }
            Step::Hold(index) if !self.subscribers.is_empty() => {
                let index = index.index(self.subscribers.len());
                let subscriber = &mut self.subscribers[index];
                let held = self.feed.hold_again(subscriber.connection.id);
                let is_live = subscriber.from.is_some() && subscriber.held_at.is_none();
                assert_eq!(held.is_some(), is_live);
                subscriber.held_at = held.or(subscriber.held_at);
            }
            Step::Deliver(_) | Step::Release(_) | Step::Hold(_) => {}
        }
    }

    fn filled_by(&mut self, noted: &Noted) {
        assert!(!(noted.fill && self.filling), "two fills of one gap");
        self.filling |= noted.fill;
    }

    /// One round of a fill, if one is going on.
    fn fill(&mut self) {
        if !self.filling {
            return;
        }
        match self.feed.gap() {
            None => self.filling = false,
            Some(after) => {
                for number in after.get() + 1..=self.committed {
                    let noted = self.feed.note(event(number));
                    self.filled_by(&noted);
                }
            }
        }
    }

    fn release(&mut self, index: usize) {
        let subscriber = &mut self.subscribers[index];
        let at = match (subscriber.from, subscriber.held_at.take()) {
            (None, _) => {
                subscriber.from = Some(self.committed);
                seq(self.committed)
            }
            (Some(_), Some(held_at)) => held_at,
            (Some(_), None) => return,
        };
        let connection = subscriber.connection.clone();
        let noted = self.feed.open(at);
        self.filled_by(&noted);
        if self.feed.release(&connection, at) == Release::Missing {
            // As chat would answer.
            for number in at.get() + 1..=self.committed {
                connection.outlet.push(event(number).frame).unwrap();
            }
            let caught_up = self.feed.release(&connection, seq(self.committed));
            assert_eq!(caught_up, Release::Live);
        }
    }

    fn finish(&mut self) {
        for index in 0..self.subscribers.len() {
            self.release(index);
        }
        let noted = self.feed.note_head(seq(self.committed));
        self.filled_by(&noted);
        self.fill();
        self.fill();
        assert!(!self.filling);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_subscriber_sees_every_event_after_its_snapshot_exactly_once_and_in_order(
        steps in prop::collection::vec(step(), 0..300),
    ) {
        let mut simulation = Simulation {
            feed: feed(),
            committed: 0,
            filling: false,
            subscribers: Vec::new(),
        };
        for step in &steps {
            simulation.take(step);
        }
        simulation.finish();
        for subscriber in &simulation.subscribers {
            let from = subscriber.from.unwrap();
            let expected: Vec<i64> = (from + 1..=simulation.committed).collect();
            prop_assert_eq!(numbers(&subscriber.connection), expected);
        }
    }
}
