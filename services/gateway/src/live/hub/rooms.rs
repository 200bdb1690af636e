//! Which connection subscribes to which room.
//!
//! A feed is in the map, and its topic wanted, from its first subscriber to its last one.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use super::Hub;
use crate::domain::{RoomId, Seq};
use crate::live::connection::{Connection, Subscription};
use crate::live::feed::{Feed, Noted, Release, Removed};
use crate::live::topic::Topic;

impl Hub {
    pub(crate) fn feed(&self, room: RoomId) -> Option<Arc<Feed>> {
        self.rooms.shard(&room).get(&room).cloned()
    }

    pub(crate) fn feeds(&self) -> Vec<Arc<Feed>> {
        self.rooms.collect(|_, feed| Some(feed.clone()))
    }

    /// Subscribes the connection to a room; events wait until it is released. Changes nothing where
    /// that was done before. `None` when the connection is over.
    pub(crate) fn hold(&self, connection: &Arc<Connection>, room: RoomId) -> Option<Arc<Feed>> {
        let mut rooms = self.rooms.shard(&room);
        let feed = rooms.entry(room).or_insert_with(|| {
            self.interests.want(Topic::Room(room));
            Arc::new(Feed::new(room))
        });
        let feed = feed.clone();
        // Feeds end under the same shard's lock, so this one has not.
        feed.hold(connection)
            .expect("a feed that has ended is not in the map");
        let mut state = connection.state.lock();
        if state.over {
            drop(state);
            feed.leave(connection.id);
            self.end_feed(&mut rooms, &feed);
            return None;
        }
        state.rooms.entry(room).or_insert_with(|| Subscription {
            feed: feed.clone(),
            pinged: Seq::ZERO,
            live: false,
            member_at: Seq::ZERO,
        });
        Some(feed)
    }

    /// Holds a live subscription once more. Answers with the position that it had reached; `None`
    /// where there is no live one.
    pub(crate) fn hold_again(
        &self,
        connection: &Connection,
        room: RoomId,
    ) -> Option<(Arc<Feed>, Seq)> {
        let feed = self.feed(room)?;
        let reached = feed.hold_again(connection.id)?;
        if let Some(subscription) = connection.state.lock().rooms.get_mut(&room) {
            subscription.live = false;
        }
        Some((feed, reached))
    }

    /// Lets a held subscription go on.
    pub(super) fn release(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        feed: &Arc<Feed>,
        at: Seq,
    ) -> Release {
        let released = feed.release(connection, at);
        match released {
            Release::Live => {
                let mut state = connection.state.lock();
                if let Some(subscription) = state.rooms.get_mut(&feed.room) {
                    subscription.live = true;
                    subscription.pinged = subscription.pinged.max(at);
                }
            }
            Release::Removed(at) => self.ended(connection, feed, at),
            Release::Missing | Release::Gone => {}
        }
        released
    }

    /// Ends a subscription, saying nothing.
    pub(crate) fn leave_room(&self, connection: &Connection, room: RoomId) {
        if let Some(feed) = self.feed(room) {
            feed.leave(connection.id);
            self.left(connection, &feed);
        }
    }

    /// Ends a subscription with `room.removed`.
    pub(crate) fn remove_from_room(&self, connection: &Connection, room: RoomId) {
        if let Some(feed) = self.feed(room) {
            feed.remove(connection);
            self.left(connection, &feed);
        }
    }

    /// Ends all subscriptions of a connection, and that it can have any.
    pub(crate) fn leave_rooms(&self, connection: &Connection) {
        let rooms = {
            let mut state = connection.state.lock();
            state.over = true;
            std::mem::take(&mut state.rooms)
        };
        for subscription in rooms.into_values() {
            subscription.feed.leave(connection.id);
            self.left(connection, &subscription.feed);
        }
    }

    /// Does what a feed asks for after it has noted something.
    pub(crate) fn attend(self: &Arc<Self>, feed: &Arc<Feed>, noted: Noted) {
        let Noted { fill, removed } = noted;
        for Removed { connection, at } in removed {
            self.ended(&connection, feed, at);
        }
        if fill {
            self.fill(feed.clone());
        }
    }

    /// The feed has ended the subscription behind this event, with `room.removed`. Where the person
    /// is known to be a member later than that, it was the end of an earlier membership.
    pub(super) fn ended(self: &Arc<Self>, connection: &Arc<Connection>, feed: &Arc<Feed>, at: Seq) {
        let subscription = self.left(connection, feed);
        if let Some(Subscription { member_at, .. }) = subscription
            && member_at > at
        {
            self.come_back(connection, feed.room, member_at);
        }
    }

    /// A connection is no subscriber of the feed any more. Answers with its subscription.
    pub(super) fn left(&self, connection: &Connection, feed: &Arc<Feed>) -> Option<Subscription> {
        let mut rooms = self.rooms.shard(&feed.room);
        let mut subscription = None;
        // It may have subscribed again meanwhile.
        if !feed.has(connection.id) {
            let mut state = connection.state.lock();
            if let Entry::Occupied(entry) = state.rooms.entry(feed.room)
                && Arc::ptr_eq(&entry.get().feed, feed)
            {
                subscription = Some(entry.remove());
            }
        }
        self.end_feed(&mut rooms, feed);
        subscription
    }

    fn end_feed(&self, rooms: &mut HashMap<RoomId, Arc<Feed>>, feed: &Arc<Feed>) {
        let current = rooms.get(&feed.room);
        if current.is_some_and(|current| Arc::ptr_eq(current, feed)) && feed.end_if_empty() {
            rooms.remove(&feed.room);
            self.interests.unwant(Topic::Room(feed.room));
        }
    }
}
