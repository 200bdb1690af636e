//! A person's connections are made to agree with the memberships that chat tells.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use proto::chat::{GetHeadsRequest, PersonMemberships};
use tokio::time::sleep;

use super::Hub;
use super::memberships::{Work, reflect};
use crate::domain::{RoomId, Seq, UserId};
use crate::live::connection::Connection;

/// How long a feed may take to reach a leave before the subscription is ended without it.
const LEAVE_PAUSE: Duration = Duration::from_millis(50);
const LEAVE_PAUSES: u32 = 20;

/// A person's memberships in one snapshot of chat.
pub(super) struct Memberships {
    version: i64,
    /// Each with its head: there the person is a member.
    rooms: HashMap<RoomId, Seq>,
}

impl Memberships {
    fn read(truth: &PersonMemberships) -> Self {
        let rooms = truth.rooms.iter().filter_map(|room| {
            let head = room.head.unwrap_or_default().seq;
            Some((room.room_id.parse().ok()?, Seq::try_from(head).ok()?))
        });
        Self {
            version: truth.membership_version,
            rooms: rooms.collect(),
        }
    }

    /// The rooms that the connection has to leave; `None` where it agrees, or knows more. It is looked
    /// at even if it reflects this version: what it subscribes to may have been lost since.
    fn differ_from(&self, connection: &Connection) -> Option<Vec<RoomId>> {
        let state = connection.state.lock();
        // Without a snapshot yet, it gets one as new as this.
        let reflected = state.version?;
        if reflected > self.version {
            return None;
        }
        let known = state.rooms.keys();
        let surplus: Vec<_> = known
            .filter(|room| !self.rooms.contains_key(room))
            .copied()
            .collect();
        let is_complete = state.rooms.len() - surplus.len() == self.rooms.len();
        let agrees = reflected == self.version && is_complete && surplus.is_empty();
        (!agrees).then_some(surplus)
    }
}

impl Hub {
    /// Has a person's connections reflect these memberships, where they do not. Never waits: who has
    /// to be shown much, or reads slowly, holds up nobody else.
    pub(crate) fn compare(self: &Arc<Self>, user: UserId, truth: &PersonMemberships) {
        let truth = Memberships::read(truth);
        let connections = self.connections_of(user);
        if connections
            .iter()
            .any(|connection| truth.differ_from(connection).is_some())
        {
            self.queue(user, Work::Compare(truth));
        }
    }

    pub(super) async fn make_agree(self: &Arc<Self>, user: UserId, truth: &Memberships) {
        for connection in self.connections_of(user) {
            let Some(surplus) = truth.differ_from(&connection) else {
                continue;
            };
            for (room, head) in &truth.rooms {
                self.add_to_room(user, std::slice::from_ref(&connection), *room, *head)
                    .await;
            }
            for room in surplus {
                self.take_from_room(&connection, room).await;
            }
            reflect(&[connection], truth.version);
        }
    }

    /// Ends a subscription whose end was missed: behind `member.left` where the feed can get it.
    async fn take_from_room(self: &Arc<Self>, connection: &Arc<Connection>, room: RoomId) {
        let request = GetHeadsRequest {
            room_ids: vec![room.to_string()],
        };
        let heads = self.chat.client().get_heads(request).await;
        let head = heads
            .ok()
            .and_then(|heads| heads.into_inner().heads.remove(&room.to_string()))
            .and_then(|head| Seq::try_from(head.seq).ok());
        if let (Some(feed), Some(head)) = (self.feed(room), head) {
            self.attend(&feed, feed.note_head(head));
            let mut pauses = 0;
            while feed.has(connection.id) && feed.passed() < head && pauses < LEAVE_PAUSES {
                sleep(LEAVE_PAUSE).await;
                pauses += 1;
            }
        }
        self.remove_from_room(connection, room);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::live::connection::Subscription;
    use crate::live::feed::Feed;

    fn room(number: u128) -> RoomId {
        RoomId::new(Uuid::from_u128(number))
    }

    fn memberships(version: i64, rooms: &[u128]) -> Memberships {
        Memberships {
            version,
            rooms: rooms
                .iter()
                .map(|number| (room(*number), Seq::ZERO))
                .collect(),
        }
    }

    fn connection(version: Option<i64>, rooms: &[u128]) -> Connection {
        let connection = Connection::new(Uuid::nil(), UserId::new(Uuid::nil()), 1_000);
        let mut state = connection.state.lock();
        state.version = version;
        for number in rooms {
            let subscription = Subscription {
                feed: Arc::new(Feed::new(room(*number))),
                pinged: Seq::ZERO,
                live: true,
                member_at: Seq::ZERO,
            };
            state.rooms.insert(room(*number), subscription);
        }
        drop(state);
        connection
    }

    #[tokio::test]
    async fn a_lost_room_is_found_though_its_version_is_reflected() {
        let truth = memberships(7, &[1, 2]);
        assert_eq!(truth.differ_from(&connection(Some(7), &[1, 2])), None);
        for (version, rooms, surplus) in [
            (7, &[1][..], vec![]),
            (7, &[1, 2, 3], vec![room(3)]),
            (7, &[1, 3], vec![room(3)]),
            (6, &[1, 2], vec![]),
        ] {
            let connection = connection(Some(version), rooms);
            assert_eq!(truth.differ_from(&connection), Some(surplus), "{rooms:?}");
        }
    }

    #[tokio::test]
    async fn who_knows_more_or_nothing_yet_is_left_alone() {
        let truth = memberships(7, &[1]);
        assert_eq!(truth.differ_from(&connection(Some(8), &[2])), None);
        assert_eq!(truth.differ_from(&connection(None, &[])), None);
    }
}
