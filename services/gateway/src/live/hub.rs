//! All rooms and people that this gateway has connections of.
//!
//! Locks are taken in this order, and each only for a moment: a person's shard, a room's shard, a
//! feed, a connection's state, the interests. Nothing awaits under one.

mod catch_up;
mod comparison;
mod fill;
mod memberships;
mod people;
mod rooms;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use arc_swap::ArcSwapOption;
use proto::event::{PersonalEvent, RoomEvent, personal_event::Body};
use tokio::sync::Notify;

use super::connection::Connection;
use super::feed::{Feed, Passage};
use super::frames::CloseCode;
use super::interests::Interests;
use super::metrics::Metrics;
use super::passage::committed_at;
use super::sharded::Sharded;
use crate::chat::Chat;
use crate::clock::Clock;
use crate::domain::{Epoch, RoomId, UserId};

pub(crate) use catch_up::{NotCaughtUp, PAGE};
pub(crate) use people::Admission;
use people::Person;

/// A registration that takes longer than this fails what waits for it.
pub(crate) const REGISTERED_WITHIN: Duration = Duration::from_secs(10);

/// Shared by all connections, the routers' streams and anti-entropy.
pub(crate) struct Hub {
    pub(crate) chat: Chat,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) interests: Interests,
    pub(crate) metrics: Metrics,
    rooms: Sharded<RoomId, Arc<Feed>>,
    people: Sharded<UserId, Person>,
    connections: AtomicUsize,
    /// The life of the database that all positions here belong to.
    epoch: ArcSwapOption<Epoch>,
    /// Told when heads and memberships of all have to be compared.
    pub(crate) compare_all: Notify,
    /// Told when somebody speaks of another epoch.
    pub(crate) check_epoch: Notify,
}

impl Hub {
    pub(crate) fn new(chat: Chat, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self {
            chat,
            clock,
            interests: Interests::new(),
            metrics: Metrics::new(),
            rooms: Sharded::new(),
            people: Sharded::new(),
            connections: AtomicUsize::new(0),
            epoch: ArcSwapOption::empty(),
            compare_all: Notify::new(),
            check_epoch: Notify::new(),
        })
    }

    /// How many connections there are.
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Something may have gone elsewhere: all heads and memberships are compared soon.
    pub(crate) fn reconcile_all(&self) {
        self.compare_all.notify_one();
    }

    /// Takes a room's event from a router. Never waits.
    pub(crate) fn deliver(self: &Arc<Self>, event: RoomEvent, traceparent: Option<String>) {
        let Ok(room) = event.room_id.parse() else {
            tracing::error!(room = event.room_id, "an event of no room was delivered");
            return;
        };
        let Some(feed) = self.feed(room) else {
            return;
        };
        if !self.is_of_this_life(&event.epoch) {
            return;
        }
        let committed_at = committed_at(&event);
        if let Some(passage) = Passage::encode(event, traceparent) {
            self.attend(&feed, feed.note(passage));
        }
        if let Some(committed_at) = committed_at {
            let took = self.clock.now() - committed_at;
            self.metrics.delivered(took.as_seconds_f64());
        }
    }

    /// Takes a personal event from a router. Never waits.
    pub(crate) fn deliver_personal(self: &Arc<Self>, event: PersonalEvent) {
        if !self.is_of_this_life(&event.epoch) {
            return;
        }
        let Ok(user) = event.user_id.parse::<UserId>() else {
            tracing::error!(user = event.user_id, "an event of nobody was delivered");
            return;
        };
        match &event.body {
            Some(Body::ReadMoved(moved)) => self.read_moved(user, &event, moved),
            Some(Body::RoomAdded(_) | Body::RoomRemoved(_)) => self.membership_moved(user, event),
            None => {}
        }
    }

    /// An event alone does not tell which of two epochs is the later one: chat does.
    fn is_of_this_life(&self, epoch: &str) -> bool {
        let known = self.epoch.load();
        let same = known.as_ref().is_none_or(|known| known.as_str() == epoch);
        if !same {
            self.check_epoch.notify_one();
        }
        same
    }

    /// chat lives in this epoch. Where it is another one than before, every position of the old one
    /// is void: all feeds end and all clients come back.
    pub(crate) fn chat_lives_in(&self, epoch: &str) {
        let known = self.epoch.load();
        if known.as_ref().is_some_and(|known| known.as_str() == epoch) {
            return;
        }
        let before = self.epoch.swap(Some(Arc::new(Epoch::from(epoch))));
        if before.is_some_and(|before| before.as_str() != epoch) {
            tracing::warn!(
                epoch,
                "the database has another life; all clients have to come back"
            );
            self.metrics.reset();
            for connection in self.all_connections() {
                connection.outlet.close(CloseCode::GoingAway);
                self.leave_rooms(&connection);
            }
        }
    }

    /// Takes the measures that are not taken as things happen.
    pub(crate) fn measure(&self) {
        let connections = self.all_connections();
        let waiting = connections
            .iter()
            .map(|connection| connection.outlet.waiting());
        self.metrics.queued(waiting.sum());
    }

    pub(crate) fn all_connections(&self) -> Vec<Arc<Connection>> {
        let people = self
            .people
            .collect(|_, person| Some(person.connections.clone()));
        people.into_iter().flatten().collect()
    }
}
