//! People join and leave rooms while they are connected.
//!
//! What changes a person's subscriptions is worked on one after the other, for a join takes calls of
//! chat. Each connection knows the membership version that it reflects, and ignores what is older.
//! A join registers the room first and reads it then, so nothing falls between the two. A leave
//! needs nothing but the room's own feed, which ends the subscription behind `member.left`.
//!
//! Nothing orders a person's own events and those of the room. So a join may be told while the
//! subscription of the membership before is still there, and ends only later. It is noted at that
//! subscription then, and done when the feed has ended it.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use proto::chat::GetRoomRequest;
use proto::event::{PersonalEvent, personal_event::Body};
use tokio::time::timeout;
use tonic::{Code, Status};

use super::comparison::Memberships;
use super::people::read_frame;
use super::{Hub, NotCaughtUp, REGISTERED_WITHIN};
use crate::domain::{Count, RoomId, Seq, UserId};
use crate::live::connection::Connection;
use crate::live::feed::Feed;
use crate::live::frames::{self, CloseCode, Personal, ServerFrame};
use crate::live::retried::retried;
use crate::live::topic::Topic;
use crate::wire::Room;

/// What may wait for one person; a comparison makes up for what does not fit.
const MOST_WAITING: usize = 256;
/// A connection to which a joined room can't be shown within this time reads too slowly.
const SHOWN_WITHIN: Duration = Duration::from_secs(10);

/// What changes the subscriptions of one person.
pub(super) enum Work {
    /// A join or a leave was told.
    Moved(PersonalEvent),
    /// chat has told all memberships.
    Compare(Memberships),
    /// A feed has ended a subscription, and the person has come back since: at this position it is a
    /// member again.
    ComeBack(Arc<Connection>, RoomId, Seq),
}

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
        self.queue(user, Work::Moved(event));
    }

    /// Queues a join of one connection whose person has left the room and come back.
    pub(super) fn come_back(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        room: RoomId,
        member_at: Seq,
    ) {
        let work = Work::ComeBack(connection.clone(), room, member_at);
        self.queue(connection.user, work);
    }

    pub(super) fn queue(self: &Arc<Self>, user: UserId, work: Work) {
        let mut people = self.people.shard(&user);
        let Some(person) = people.get_mut(&user) else {
            return;
        };
        if matches!(work, Work::Compare(_)) {
            // One snapshot of chat has all that an earlier one had.
            let is_other = |other: &Work| !matches!(other, Work::Compare(_));
            person.work.retain(is_other);
        }
        if person.work.len() >= MOST_WAITING {
            person.work.clear();
            self.reconcile_all();
            return;
        }
        person.work.push_back(work);
        if !person.working {
            person.working = true;
            let hub = self.clone();
            tokio::spawn(async move { hub.work_on(user).await });
        }
    }

    async fn work_on(self: Arc<Self>, user: UserId) {
        while let Some(work) = self.next_work(user) {
            match work {
                Work::Moved(event) => self.move_membership(user, &event).await,
                Work::Compare(truth) => self.make_agree(user, &truth).await,
                Work::ComeBack(connection, room, member_at) => {
                    self.add_to_room(user, &[connection], room, member_at).await;
                }
            }
        }
    }

    fn next_work(&self, user: UserId) -> Option<Work> {
        let mut people = self.people.shard(&user);
        let person = people.get_mut(&user)?;
        let next = person.work.pop_front();
        person.working = next.is_some();
        next
    }

    async fn move_membership(self: &Arc<Self>, user: UserId, event: &PersonalEvent) {
        match &event.body {
            Some(Body::RoomAdded(added)) => {
                let version = added.membership_version;
                let interested = self.interested(user, version, event);
                if let (Ok(room), Ok(seq)) = (added.room_id.parse(), Seq::try_from(added.seq)) {
                    self.add_to_room(user, &interested, room, seq).await;
                    reflect(&interested, version);
                }
            }
            Some(Body::RoomRemoved(removed)) => {
                let version = removed.membership_version;
                reflect(&self.interested(user, version, event), version);
            }
            Some(Body::ReadMoved(_)) | None => {}
        }
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

    /// Subscribes connections to a room that their person is a member of at this position, and tells
    /// them.
    pub(super) async fn add_to_room(
        self: &Arc<Self>,
        user: UserId,
        connections: &[Arc<Connection>],
        room: RoomId,
        member_at: Seq,
    ) {
        let mut held = Vec::new();
        for connection in connections {
            let is_there = connection.note_member(room, member_at);
            if !is_there && let Some(feed) = self.hold(connection, room) {
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
                // At the same time, so that a slow one holds up no other.
                let shown = held
                    .iter()
                    .map(|(connection, feed)| self.show_room(connection, feed, snapshot.clone()));
                join_all(shown).await;
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
        if connection.outlet.push(frame).is_err() {
            return;
        }
        let live = timeout(SHOWN_WITHIN, self.go_live(connection, feed, head));
        if let Err(error) = live.await.unwrap_or(Err(NotCaughtUp::TooSlow)) {
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
}

/// These connections reflect this version of their person's memberships.
pub(super) fn reflect(connections: &[Arc<Connection>], version: i64) {
    for connection in connections {
        let mut state = connection.state.lock();
        if let Some(reflected) = &mut state.version {
            *reflected = version.max(*reflected);
        }
    }
}
