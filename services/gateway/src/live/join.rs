//! What follows a `hello`: go live first, replay second.
//!
//! 1. want the person's topic, list the rooms, want those too, and hold what arrives;
//! 2. wait until the registry has noted all of it: from here on nothing can be missed;
//! 3. read memberships, heads and missing events in one snapshot;
//! 4. say `welcome` and what is missing, and let each room go on behind that.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use proto::chat::{
    GetHeadsRequest, GetMembershipsRequest, ResumeRequest, ResumeResponse, ResumeRoom,
};
use tokio::sync::OwnedSemaphorePermit;
use tonic::{Status, Streaming};

use super::commands::{self, milliseconds};
use super::connection::Connection;
use super::feed::{Feed, Passage};
use super::frames::{self, Hello, ServerFrame, Welcome, WelcomeRoom};
use super::hub::{Hub, NotCaughtUp};
use super::retried::retried;
use super::topic::Topic;
use crate::domain::{Count, Epoch, RoomId, Seq};

/// One connection on its way to being live.
pub(crate) struct Join {
    pub(crate) hub: Arc<Hub>,
    pub(crate) connection: Arc<Connection>,
    pub(crate) hello: Hello,
    pub(crate) heartbeat: Duration,
    /// Its turn to ask chat, given back as soon as the snapshot is there.
    pub(crate) turn: Option<OwnedSemaphorePermit>,
}

/// Where the snapshot has a room that is held.
struct Held {
    feed: Arc<Feed>,
    head: Seq,
}

impl Join {
    pub(crate) async fn run(mut self) -> Result<(), NotCaughtUp> {
        // Replays that the client asks for come after the one that it gets now: one of them would
        // let a room go on that is still held here.
        let connection = self.connection.clone();
        let _replaying = connection.commands.turn_to_replay().await;
        let known = self.hold_rooms().await?;
        let (first, mut stream) = self.snapshot().await?;
        self.turn = None;
        self.hub.chat_lives_in(&first.epoch);

        let snapshot = rooms_of(&first);
        for room in known.keys().filter(|room| !snapshot.contains_key(room)) {
            self.hub.leave_room(&self.connection, *room);
        }
        let version = first.membership_version;
        self.welcome(&first, &snapshot).await?;
        commands::welcomed(&self.hub, &connection);

        let mut late = Vec::new();
        let mut replaying = HashMap::new();
        for (room, (head, replay)) in snapshot {
            let Some(feed) = self.hub.hold(&self.connection, room) else {
                return Err(NotCaughtUp::Closed);
            };
            let held = Held { feed, head };
            if !known.contains_key(&room) {
                late.push(held);
            } else if replay {
                replaying.insert(room, held);
            } else {
                self.hub.go_live(&self.connection, &held.feed, head).await?;
            }
        }
        self.hub.reflects(&self.connection, version);

        let mut events = first.events;
        loop {
            for event in events {
                let room = event.room_id.parse::<RoomId>().ok();
                let Some(passage) = Passage::encode(event, None) else {
                    continue;
                };
                let seq = passage.seq;
                self.connection.outlet.push_in_turn(passage.frame).await?;
                if let Some(room) = room
                    && let Some(held) = replaying.get(&room)
                    && seq >= held.head
                {
                    self.hub.go_live(&self.connection, &held.feed, seq).await?;
                    replaying.remove(&room);
                }
            }
            match stream.message().await? {
                Some(next) => events = next.events,
                None => break,
            }
        }
        if !replaying.is_empty() {
            let status = Status::internal("a replay ended before its head");
            return Err(NotCaughtUp::Chat(status));
        }
        self.go_live_late(late).await
    }

    /// Holds the rooms that the person is in, and waits until their events reach this gateway.
    async fn hold_rooms(&self) -> Result<HashMap<RoomId, Arc<Feed>>, NotCaughtUp> {
        let user = self.connection.user;
        let request = GetMembershipsRequest {
            user_ids: vec![user.to_string()],
        };
        let answer = retried(|| {
            let mut chat = self.hub.chat.client();
            let request = request.clone();
            async move { chat.get_memberships(request).await }
        });
        let answer = answer.await?.into_inner();
        self.hub.chat_lives_in(&answer.epoch);
        let rooms = answer.people.into_iter().flat_map(|person| person.rooms);
        let mut held = HashMap::new();
        let mut topics = vec![Topic::User(user)];
        for room in rooms.filter_map(|room| room.room_id.parse().ok()) {
            let Some(feed) = self.hub.hold(&self.connection, room) else {
                return Err(NotCaughtUp::Closed);
            };
            held.insert(room, feed);
            topics.push(Topic::Room(room));
        }
        self.hub.registered(&topics).await?;
        Ok(held)
    }

    async fn snapshot(&self) -> Result<(ResumeResponse, Streaming<ResumeResponse>), Status> {
        let positions = self.hello.rooms.iter();
        let request = ResumeRequest {
            caller_id: self.connection.user.to_string(),
            epoch: self.hello.epoch.as_ref().map(ToString::to_string),
            positions: positions
                .map(|(room, seq)| (room.to_string(), seq.get()))
                .collect(),
        };
        retried(|| {
            let mut chat = self.hub.chat.client();
            let request = request.clone();
            async move {
                let mut stream = chat.resume(request).await?.into_inner();
                let first = stream.message().await?;
                let first = first.ok_or_else(|| Status::internal("an empty snapshot"))?;
                Ok((first, stream))
            }
        })
        .await
    }

    async fn welcome(
        &self,
        first: &ResumeResponse,
        snapshot: &HashMap<RoomId, (Seq, bool)>,
    ) -> Result<(), NotCaughtUp> {
        let mut rooms = BTreeMap::new();
        for room in &first.rooms {
            let Some(id) = room.room_id.parse::<RoomId>().ok() else {
                continue;
            };
            let Some((seq, replay)) = snapshot.get(&id).copied() else {
                continue;
            };
            let read_n: Count = room.read_n.try_into().unwrap_or_default();
            let read_elsewhere = self.hello.reads.get(&id).is_some_and(|n| *n != read_n);
            let unchanged = self.hello.rooms.get(&id) == Some(&seq) && !read_elsewhere;
            if unchanged && !room.resync {
                continue;
            }
            let head = room.head.unwrap_or_default();
            let entry = WelcomeRoom {
                seq,
                n: head.n.try_into().unwrap_or_default(),
                read_n,
                replay,
                resync: room.resync,
            };
            rooms.insert(id, entry);
        }
        let welcome = Welcome {
            epoch: Epoch::from(first.epoch.as_str()),
            connection: self.connection.name,
            user: self.connection.user,
            rooms,
            gone: first
                .gone
                .iter()
                .filter_map(|room| room.parse().ok())
                .collect(),
            heartbeat_ms: milliseconds(self.heartbeat),
        };
        let frame = frames::text(&ServerFrame::Welcome(welcome));
        Ok(self.connection.outlet.push_in_turn(frame).await?)
    }

    /// Rooms that were joined between the list and the snapshot: they were not registered before
    /// it, so what happened between the snapshot and their registration is fetched.
    async fn go_live_late(&self, late: Vec<Held>) -> Result<(), NotCaughtUp> {
        if late.is_empty() {
            return Ok(());
        }
        let topics: Vec<_> = late
            .iter()
            .map(|held| Topic::Room(held.feed.room))
            .collect();
        self.hub.registered(&topics).await?;
        let request = GetHeadsRequest {
            room_ids: late.iter().map(|held| held.feed.room.to_string()).collect(),
        };
        let heads = retried(|| {
            let mut chat = self.hub.chat.client();
            let request = request.clone();
            async move { chat.get_heads(request).await }
        });
        let heads = heads.await?.into_inner().heads;
        for Held { feed, head } in late {
            self.hub.go_live(&self.connection, &feed, head).await?;
            let now = heads.get(&feed.room.to_string()).map(|head| head.seq);
            if let Some(now) = now.and_then(|now| Seq::try_from(now).ok()) {
                self.hub.attend(&feed, feed.note_head(now));
            }
        }
        Ok(())
    }
}

/// Heads, and whether missing events follow.
fn rooms_of(first: &ResumeResponse) -> HashMap<RoomId, (Seq, bool)> {
    let entry = |room: &ResumeRoom| {
        let head = Seq::try_from(room.head?.seq).ok()?;
        Some((room.room_id.parse().ok()?, (head, room.replay)))
    };
    first.rooms.iter().filter_map(entry).collect()
}
