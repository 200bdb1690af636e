//! A room as this gateway passes it on: the only judge of order.
//!
//! ```text
//! routers ─┐                    ┌─▶ subscriber (live)      ─▶ outlet
//! fills ───┼─▶ note ─▶ pass ────┼─▶ subscriber (held)      ─▶ hold, until its replay is done
//! heads ───┘    │               └─▶ subscriber (floor > seq)  drops it
//!               └─▶ ahead: events after a gap, until the gap is filled
//! ```
//!
//! Invariants:
//! - `passed` only rises, by one event at a time: what is not newer is dropped, what comes after a gap
//!   waits in `ahead`, and one fill serves all subscribers;
//! - a subscriber gets every event after its floor exactly once and in order, and none after the one
//!   that ends its membership;
//! - a held subscriber's hold has the newest events without a gap, or the release finds them missing;
//! - an ended feed has no subscriber and never gets one.

mod hold;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use bytes::Bytes;
use indexmap::IndexMap;
use parking_lot::Mutex;
use tokio::time::{Duration, Instant};

use self::hold::Hold;
use super::connection::{Connection, ConnectionId};
use super::frames::{self, Personal, ServerFrame};
use crate::domain::{RoomId, Seq, UserId};

/// Events that wait for a gap to be filled; what does not fit is fetched as well.
const MOST_AHEAD: usize = 256;

/// After this silence a feed's head is first compared with chat's; each further one is twice as long.
pub(crate) const FIRST_PATIENCE: Duration = Duration::from_secs(30);
const LAST_PATIENCE: Duration = Duration::from_mins(10);

/// An event as it goes to every subscriber.
#[derive(Clone, Debug)]
pub(crate) struct Passage {
    pub(crate) seq: Seq,
    pub(crate) frame: Bytes,
    pub(crate) ends: Option<Ends>,
}

/// Whose last event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    Member(UserId),
    Room,
}

impl Passage {
    pub(crate) fn ends_for(&self, user: UserId) -> bool {
        match self.ends {
            None => false,
            Some(Ends::Room) => true,
            Some(Ends::Member(member)) => member == user,
        }
    }
}

pub(crate) struct Feed {
    pub(crate) room: RoomId,
    /// `Inner::passed`, for those who only look.
    passed: AtomicI64,
    inner: Mutex<Inner>,
}

struct Inner {
    ended: bool,
    /// The last event that was passed on; unknown until the first subscriber's snapshot is there.
    passed: Option<Seq>,
    /// The last event that is known to exist.
    known: Seq,
    ahead: BTreeMap<Seq, Passage>,
    filling: bool,
    subscribers: IndexMap<ConnectionId, Subscriber>,
    heard: Instant,
    patience: Duration,
}

struct Subscriber {
    connection: Arc<Connection>,
    /// What it had from elsewhere: a snapshot or a replay.
    floor: Seq,
    hold: Option<Box<Hold>>,
}

/// What the owner of the feed has to do.
#[must_use]
#[derive(Default)]
pub(crate) struct Noted {
    /// There is a gap, and nobody is filling it yet.
    pub(crate) fill: bool,
    /// No subscribers any more; each was told so.
    pub(crate) removed: Vec<Removed>,
}

/// A subscription that the feed has ended.
pub(crate) struct Removed {
    pub(crate) connection: Arc<Connection>,
    /// The last event of the membership.
    pub(crate) at: Seq,
}

/// What became of a held subscriber.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// Everything after its position has been queued, and what comes next will be.
    Live,
    /// Events between its position and the feed's are not here; it is still held.
    Missing,
    /// This one of the held events was the last one of its membership.
    Removed(Seq),
    /// It is no subscriber any more.
    Gone,
}

/// The feed has ended; there may be a new one.
#[derive(Debug)]
pub(crate) struct Ended;

impl Feed {
    pub(crate) fn new(room: RoomId) -> Self {
        Self {
            room,
            passed: AtomicI64::new(0),
            inner: Mutex::new(Inner {
                ended: false,
                passed: None,
                known: Seq::ZERO,
                ahead: BTreeMap::new(),
                filling: false,
                subscribers: IndexMap::new(),
                heard: Instant::now(),
                patience: FIRST_PATIENCE,
            }),
        }
    }

    /// The last event that was passed on; 0 while unknown.
    pub(crate) fn passed(&self) -> Seq {
        Seq::try_from(self.passed.load(Ordering::Relaxed)).unwrap_or_default()
    }

    /// Subscribes a connection whose position is not known yet: events are held for it. Changes
    /// nothing for a subscriber.
    pub(crate) fn hold(&self, connection: &Arc<Connection>) -> Result<(), Ended> {
        let mut inner = self.inner.lock();
        if inner.ended {
            return Err(Ended);
        }
        inner
            .subscribers
            .entry(connection.id)
            .or_insert_with(|| Subscriber {
                connection: connection.clone(),
                floor: Seq::ZERO,
                hold: Some(Box::default()),
            });
        Ok(())
    }

    /// Holds events for a live subscriber once more. Answers up to where it has everything; `None`
    /// where it is no subscriber, or held already.
    pub(crate) fn hold_again(&self, connection: ConnectionId) -> Option<Seq> {
        let mut inner = self.inner.lock();
        let passed = inner.passed.unwrap_or_default();
        let subscriber = inner.subscribers.get_mut(&connection)?;
        if subscriber.hold.is_some() {
            return None;
        }
        subscriber.hold = Some(Box::default());
        Some(passed.max(subscriber.floor))
    }

    /// Whether the connection is a subscriber.
    pub(crate) fn has(&self, connection: ConnectionId) -> bool {
        self.inner.lock().subscribers.contains_key(&connection)
    }

    /// Begins after this event, where the feed has not begun yet.
    pub(crate) fn open(&self, at: Seq) -> Noted {
        let mut inner = self.inner.lock();
        let mut noted = Noted::default();
        if inner.passed.is_none() {
            inner.passed = Some(at);
            inner.known = inner.known.max(at);
            inner.ahead = inner.ahead.split_off(&at.next());
            self.passed.store(at.get(), Ordering::Relaxed);
            self.go_on(&mut inner, &mut noted);
        }
        noted
    }

    /// Takes an event from anywhere, in any order.
    pub(crate) fn note(&self, passage: Passage) -> Noted {
        let mut noted = Noted::default();
        let mut inner = self.inner.lock();
        if inner.ended {
            return noted;
        }
        inner.heard = Instant::now();
        inner.patience = FIRST_PATIENCE;
        inner.known = inner.known.max(passage.seq);
        match inner.passed {
            Some(passed) if passage.seq <= passed => return noted,
            Some(passed) if passage.seq == passed.next() => {
                self.pass(&mut inner, &passage, &mut noted);
            }
            _ if inner.ahead.len() < MOST_AHEAD => {
                inner.ahead.entry(passage.seq).or_insert(passage);
            }
            _ => {}
        }
        self.go_on(&mut inner, &mut noted);
        noted
    }

    /// The room is known to have events up to this one.
    pub(crate) fn note_head(&self, head: Seq) -> Noted {
        let mut inner = self.inner.lock();
        let mut noted = Noted::default();
        if !inner.ended {
            inner.known = inner.known.max(head);
            self.go_on(&mut inner, &mut noted);
        }
        noted
    }

    /// The position after which a fill has to go on. `None` ends the fill: there is no gap any more.
    pub(crate) fn gap(&self) -> Option<Seq> {
        let mut inner = self.inner.lock();
        let after = inner.gap();
        if after.is_none() {
            inner.filling = false;
        }
        after
    }

    /// The fill gave up: the next event or comparison of heads begins another one.
    pub(crate) fn fill_failed(&self) {
        self.inner.lock().filling = false;
    }

    /// chat knows nothing beyond this event, so nothing beyond it is missing.
    pub(crate) fn nothing_beyond(&self, head: Seq) {
        let mut inner = self.inner.lock();
        let last_ahead = inner.ahead.keys().next_back().copied();
        inner.known = head.max(last_ahead.unwrap_or_default());
    }

    /// Lets a held subscriber go on after what it has; queues what was held.
    pub(crate) fn release(&self, connection: &Connection, at: Seq) -> Release {
        let mut inner = self.inner.lock();
        let passed = inner.passed.unwrap_or(at);
        let Some(subscriber) = inner.subscribers.get_mut(&connection.id) else {
            return Release::Gone;
        };
        let Some(hold) = subscriber.hold.as_mut() else {
            return Release::Live;
        };
        if !hold.covers(at, passed) {
            return Release::Missing;
        }
        let released = subscriber.hold.take();
        subscriber.floor = at;
        for passage in released.into_iter().flat_map(|hold| hold.after(at)) {
            let seq = passage.seq;
            let ends = passage.ends_for(connection.user);
            // A closed outlet takes nothing, and needs nothing.
            let _ = connection.outlet.push(passage.frame);
            if ends {
                let _ = connection.outlet.push(removed_frame(self.room));
                inner.subscribers.swap_remove(&connection.id);
                return Release::Removed(seq);
            }
        }
        Release::Live
    }

    /// Sends a frame outside of the sequence to everybody but this person.
    pub(crate) fn tell_others(&self, user: UserId, frame: &Bytes) {
        let inner = self.inner.lock();
        for subscriber in inner.subscribers.values() {
            if subscriber.connection.user != user {
                let _ = subscriber.connection.outlet.push(frame.clone());
            }
        }
    }

    /// Ends one subscription. Answers whether it was one.
    pub(crate) fn leave(&self, connection: ConnectionId) -> bool {
        let mut inner = self.inner.lock();
        inner.subscribers.swap_remove(&connection).is_some()
    }

    /// Ends one subscription with `room.removed`.
    pub(crate) fn remove(&self, connection: &Connection) {
        if self.leave(connection.id) {
            let _ = connection.outlet.push(removed_frame(self.room));
        }
    }

    /// The room is gone without a last event.
    pub(crate) fn remove_all(&self) -> Vec<Arc<Connection>> {
        let mut inner = self.inner.lock();
        let frame = removed_frame(self.room);
        let everybody = std::mem::take(&mut inner.subscribers);
        everybody
            .into_values()
            .map(|subscriber| {
                let _ = subscriber.connection.outlet.push(frame.clone());
                subscriber.connection
            })
            .collect()
    }

    /// Ends the feed if nobody listens to it.
    pub(crate) fn end_if_empty(&self) -> bool {
        let mut inner = self.inner.lock();
        inner.ended = inner.ended || inner.subscribers.is_empty();
        inner.ended
    }

    /// Whether the feed has been silent for so long that its head should be compared. Its patience
    /// grows with every answer of yes.
    pub(crate) fn is_overdue(&self, now: Instant) -> bool {
        let mut inner = self.inner.lock();
        if inner.passed.is_none() || now.duration_since(inner.heard) < inner.patience {
            return false;
        }
        inner.heard = now;
        inner.patience = (inner.patience * 2).min(LAST_PATIENCE);
        true
    }

    /// Passes on what waited for the event before it, and tells whether a gap is left to fill.
    fn go_on(&self, inner: &mut Inner, noted: &mut Noted) {
        while let Some(passed) = inner.passed
            && let Some(first) = inner.ahead.first_entry()
        {
            if *first.key() > passed.next() {
                break;
            }
            let passage = first.remove();
            if passage.seq == passed.next() {
                self.pass(inner, &passage, noted);
            }
        }
        if !inner.filling && inner.gap().is_some() {
            inner.filling = true;
            noted.fill = true;
        }
    }

    fn pass(&self, inner: &mut Inner, passage: &Passage, noted: &mut Noted) {
        inner.passed = Some(passage.seq);
        self.passed.store(passage.seq.get(), Ordering::Relaxed);
        for subscriber in inner.subscribers.values_mut() {
            match &mut subscriber.hold {
                Some(hold) => hold.push(passage.clone()),
                None if passage.seq <= subscriber.floor => {}
                None => {
                    let _ = subscriber.connection.outlet.push(passage.frame.clone());
                }
            }
        }
        if passage.ends.is_some() {
            self.end_memberships(inner, passage, noted);
        }
    }

    /// Takes out those whose last event this was. A held one is taken out at its release.
    fn end_memberships(&self, inner: &mut Inner, passage: &Passage, noted: &mut Noted) {
        let frame = removed_frame(self.room);
        inner.subscribers.retain(|_, subscriber| {
            let stays = subscriber.hold.is_some()
                || passage.seq <= subscriber.floor
                || !passage.ends_for(subscriber.connection.user);
            if !stays {
                let _ = subscriber.connection.outlet.push(frame.clone());
                noted.removed.push(Removed {
                    connection: subscriber.connection.clone(),
                    at: passage.seq,
                });
            }
            stays
        });
    }
}

impl Inner {
    /// The position after which events are missing.
    fn gap(&self) -> Option<Seq> {
        let passed = self.passed?;
        (!self.ended && self.known > passed).then_some(passed)
    }
}

fn removed_frame(room: RoomId) -> Bytes {
    frames::text(&ServerFrame::Personal(Personal::RoomRemoved { room }))
}

#[cfg(test)]
mod tests;
