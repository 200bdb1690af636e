//! People join and leave rooms while they are connected.
//!
//! A person's membership events are worked on one after the other, for a join takes calls of chat.
//! Each connection knows the membership version that it reflects, and ignores what is not newer.
//! A join registers the room first and reads it then, so nothing falls between the two. A leave
//! needs nothing but the room's own feed, which ends the subscription behind `member.left`.

use std::sync::Arc;
use std::time::Duration;

use proto::chat::{GetHeadsRequest, GetRoomRequest, PersonMemberships};
use proto::event::{PersonalEvent, personal_event::Body};
use tokio::time::{sleep, timeout};
use tonic::{Code, Status};

use super::people::read_frame;
use super::{Hub, REGISTERED_WITHIN};
use crate::domain::{Count, RoomId, Seq, UserId};
use crate::live::connection::Connection;
use crate::live::feed::Feed;
use crate::live::frames::{self, CloseCode, Personal, ServerFrame};
use crate::live::retried::retried;
use crate::live::topic::Topic;
use crate::wire::Room;

/// Membership events of one person that may wait; a comparison makes up for what does not fit.
const MOST_WAITING: usize = 256;
/// How long a feed may take to reach a leave before the subscription is ended without it.
const LEAVE_PAUSE: Duration = Duration::from_millis(50);
const LEAVE_PAUSES: u32 = 20;

impl Hub {
    /// Queues a join or leave of a person.
    pub(super) fn membership_moved(self: &Arc<Self>, user: UserId, event: PersonalEvent) {
        if let Some(Body::RoomRemoved(removed)) = &event.body
            && let (Ok(room), Ok(seq)) = (removed.room_id.parse(), Seq::try_from(removed.seq))
            && let Some(feed) = self.feed(room)
        {
            // The feed has to reach the leave, which ends the subscription.
            self.attend(&feed, feed.note_head(seq));
        }
        let mut people = self.people.shard(&user);
        let Some(person) = people.get_mut(&user) else {
            return;
        };
        if person.waiting.len() >= MOST_WAITING {
            person.waiting.clear();
            self.reconcile_all();
            return;
        }
        person.waiting.push_back(event);
        if !person.working {
            person.working = true;
            let hub = self.clone();
            tokio::spawn(async move { hub.work_on(user).await });
        }
    }

    async fn work_on(self: Arc<Self>, user: UserId) {
        while let Some(event) = self.next_waiting(user) {
            match event.body {
                Some(Body::RoomAdded(ref added)) => {
                    let version = added.membership_version;
                    let room = added.room_id.parse();
                    let interested = self.interested(user, version, &event);
                    if let (Ok(room), false) = (room, interested.is_empty()) {
                        self.add_to_room(user, &interested, room).await;
                        reflect(&interested, version);
                    }
                }
                Some(Body::RoomRemoved(ref removed)) => {
                    let version = removed.membership_version;
                    reflect(&self.interested(user, version, &event), version);
                }
                Some(Body::ReadMoved(_)) | None => {}
            }
        }
    }

    fn next_waiting(&self, user: UserId) -> Option<PersonalEvent> {
        let mut people = self.people.shard(&user);
        let person = people.get_mut(&user)?;
        let next = person.waiting.pop_front();
        person.working = next.is_some();
        next
    }

    /// The connections that do not reflect this version yet. Those without a snapshot keep the event
    /// until they have one.
    fn interested(
        &self,
        user: UserId,
        version: i64,
        event: &PersonalEvent,
    ) -> Vec<Arc<Connection>> {
        let mut connections = self.connections_of(user);
        connections.retain(|connection| {
            let reflected = connection.state.lock().version;
            !connection.keep_early(event) && reflected.is_none_or(|reflected| reflected < version)
        });
        connections
    }

    /// A connection has its snapshot: what came before it is worked on, as far as it is newer.
    pub(crate) fn reflects(self: &Arc<Self>, connection: &Connection, version: i64) {
        let early = {
            let mut state = connection.state.lock();
            state.version = Some(version);
            std::mem::take(&mut state.early)
        };
        for event in early {
            match &event.body {
                Some(Body::ReadMoved(moved)) => {
                    let room = moved.room_id.parse();
                    if let (Ok(room), Ok(read_n)) = (room, Count::try_from(moved.read_n)) {
                        let _ = connection.outlet.push(read_frame(room, read_n));
                    }
                }
                _ => self.membership_moved(connection.user, event),
            }
        }
    }

    /// Subscribes connections to a room that their person has joined, and tells them.
    async fn add_to_room(
        self: &Arc<Self>,
        user: UserId,
        connections: &[Arc<Connection>],
        room: RoomId,
    ) {
        let mut held = Vec::new();
        for connection in connections {
            let known = connection.state.lock().rooms.contains_key(&room);
            if !known && let Some(feed) = self.hold(connection, room) {
                held.push((connection, feed));
            }
        }
        if held.is_empty() {
            return;
        }
        let snapshot = match self.registered(&[Topic::Room(room)]).await {
            Ok(()) => self.room_of(user, room).await,
            Err(status) => Err(status),
        };
        match snapshot {
            Ok(Some(snapshot)) => {
                for (connection, feed) in held {
                    self.show_room(connection, &feed, snapshot.clone()).await;
                }
            }
            // Left again meanwhile.
            Ok(None) => {
                for (connection, feed) in held {
                    self.leave_room(connection, feed.room);
                }
            }
            Err(status) => {
                tracing::warn!(%room, reason = status.message(), "a joined room can't be shown; its connections have to come back");
                for (connection, _) in held {
                    connection.outlet.close(CloseCode::GoingAway);
                }
            }
        }
    }

    async fn show_room(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        feed: &Arc<Feed>,
        room: Room,
    ) {
        let head = room.head.seq;
        let added = Personal::RoomAdded {
            room: Box::new(room),
        };
        let frame = frames::text(&ServerFrame::Personal(added));
        if connection.outlet.push(frame).is_ok()
            && let Err(error) = self.go_live(connection, feed, head).await
        {
            error.close(connection, "a joined room did not go live");
        }
    }

    /// The room as the person sees it; `None` where the person is no member.
    async fn room_of(&self, user: UserId, room: RoomId) -> Result<Option<Room>, Status> {
        let request = GetRoomRequest {
            caller_id: user.to_string(),
            room_id: room.to_string(),
        };
        let answer = retried(|| {
            let mut chat = self.chat.client();
            let request = request.clone();
            async move { chat.get_room(request).await }
        });
        let answer = match answer.await {
            Ok(answer) => answer.into_inner(),
            Err(status) if status.code() == Code::NotFound => return Ok(None),
            Err(status) => return Err(status),
        };
        let room = Room::try_from(answer).map_err(|error| Status::internal(error.to_string()))?;
        Ok(room.my.is_some().then_some(room))
    }

    /// Waits until events of these topics reach this gateway.
    pub(crate) async fn registered(&self, topics: &[Topic]) -> Result<(), Status> {
        let registered = self.interests.registered(topics);
        timeout(REGISTERED_WITHIN, registered)
            .await
            .map_err(|_| Status::unavailable("the registry does not answer"))
    }

    /// Makes a person's connections reflect their memberships as chat knows them.
    pub(crate) async fn compare(self: &Arc<Self>, user: UserId, truth: &PersonMemberships) {
        let version = truth.membership_version;
        let rooms: Vec<RoomId> = truth
            .rooms
            .iter()
            .filter_map(|room| room.room_id.parse().ok())
            .collect();
        for connection in self.connections_of(user) {
            let (missing, surplus) = {
                let state = connection.state.lock();
                if state.version.is_none_or(|reflected| reflected >= version) {
                    continue;
                }
                let known = &state.rooms;
                let missing = rooms.iter().filter(|room| !known.contains_key(room));
                let surplus = known.keys().filter(|room| !rooms.contains(room));
                (
                    missing.copied().collect::<Vec<_>>(),
                    surplus.copied().collect::<Vec<_>>(),
                )
            };
            for room in missing {
                self.add_to_room(user, std::slice::from_ref(&connection), room)
                    .await;
            }
            for room in surplus {
                self.take_from_room(&connection, room).await;
            }
            reflect(&[connection], version);
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

fn reflect(connections: &[Arc<Connection>], version: i64) {
    for connection in connections {
        let mut state = connection.state.lock();
        if let Some(reflected) = &mut state.version {
            *reflected = version.max(*reflected);
        }
    }
}
