//! What the rest of the gateway knows of one connection.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;
use proto::event::PersonalEvent;
use time::OffsetDateTime;
use uuid::Uuid;

use super::commands::Commands;
use super::feed::Feed;
use super::outlet::Outlet;
use crate::domain::{RoomId, Seq, UserId};

/// Personal events that one connection keeps until it is welcomed. What does not fit is found by the
/// next comparison of memberships.
const MOST_EARLY: usize = 64;

/// Unique in this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ConnectionId(u64);

impl ConnectionId {
    pub(crate) fn fresh() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// One WebSocket of one person.
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    /// Its public name.
    pub(crate) name: Uuid,
    pub(crate) user: UserId,
    pub(crate) outlet: Outlet,
    pub(crate) commands: Commands,
    pub(crate) state: Mutex<State>,
}

/// What changes while a connection lives.
#[derive(Default)]
pub(crate) struct State {
    /// The rooms that it subscribes to.
    pub(crate) rooms: HashMap<RoomId, Subscription>,
    /// The person's membership version that `rooms` reflects; `None` until the snapshot is there.
    pub(crate) version: Option<i64>,
    /// Personal events that came before `welcome`.
    pub(crate) early: Vec<PersonalEvent>,
    /// A fresh token moved the end of the session here.
    pub(crate) renewed: Option<OffsetDateTime>,
    /// The connection has ended and subscribes to nothing any more.
    pub(crate) over: bool,
}

/// One room of a connection.
pub(crate) struct Subscription {
    pub(crate) feed: Arc<Feed>,
    /// The head that the last ping named.
    pub(crate) pinged: Seq,
    /// Not before its replay is done are heads of it true for the client.
    pub(crate) live: bool,
    /// The person is known to be a member at this position, of which the subscription may know
    /// nothing: it may be one from before a leave that its feed has not reached, and end there.
    pub(crate) member_at: Seq,
}

impl Connection {
    pub(crate) fn new(name: Uuid, user: UserId, queue_bytes: usize) -> Self {
        Self {
            id: ConnectionId::fresh(),
            name,
            user,
            outlet: Outlet::new(queue_bytes),
            commands: Commands::default(),
            state: Mutex::default(),
        }
    }

    /// Keeps a personal event for the time after `welcome`, if that is not said yet.
    pub(crate) fn keep_early(&self, event: &PersonalEvent) -> bool {
        let mut state = self.state.lock();
        let early = state.version.is_none();
        if early && state.early.len() < MOST_EARLY {
            state.early.push(event.clone());
        }
        early
    }

    /// Notes that the person is a member of the room at this position. Answers whether the connection
    /// subscribes to it already.
    pub(crate) fn note_member(&self, room: RoomId, at: Seq) -> bool {
        let mut state = self.state.lock();
        let Some(subscription) = state.rooms.get_mut(&room) else {
            return false;
        };
        subscription.member_at = subscription.member_at.max(at);
        true
    }

    /// The heads of the rooms that had events since this was last asked.
    pub(crate) fn moved_heads(&self) -> impl Iterator<Item = (RoomId, Seq)> {
        let mut moved = Vec::new();
        for (room, subscription) in &mut self.state.lock().rooms {
            let passed = subscription.feed.passed();
            if subscription.live && passed > subscription.pinged {
                subscription.pinged = passed;
                moved.push((*room, passed));
            }
        }
        moved.into_iter()
    }
}
