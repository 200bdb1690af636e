//! Which person has which connections here.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use bytes::Bytes;
use proto::event::{PersonalEvent, ReadMoved};

use super::Hub;
use super::memberships::Work;
use crate::domain::{Count, RoomId, UserId};
use crate::live::connection::Connection;
use crate::live::frames::{self, CloseCode, Personal, Receipt, ServerFrame};
use crate::live::topic::Topic;

/// Somebody with at least one connection.
#[derive(Default)]
pub(crate) struct Person {
    /// In the order of their arrival.
    pub(crate) connections: Vec<Arc<Connection>>,
    /// What waits for the work before it.
    pub(super) work: VecDeque<Work>,
    /// A task works on `work`.
    pub(super) working: bool,
}

/// A connection's place among those of its person; dropping it ends everything of the connection.
pub(crate) struct Admission {
    hub: Arc<Hub>,
    pub(crate) connection: Arc<Connection>,
}

impl Hub {
    /// Takes a connection in. The oldest one of a person who has more than `most`
    /// gives way; 0 is no limit.
    pub(crate) fn admit(self: &Arc<Self>, connection: Arc<Connection>, most: u32) -> Admission {
        let user = connection.user;
        let mut people = self.people.shard(&user);
        let person = people.entry(user).or_insert_with(|| {
            self.interests.want(Topic::User(user));
            Person::default()
        });
        person.connections.push(connection.clone());
        let most = if most == 0 { usize::MAX } else { most as usize };
        let too_many = person.connections.len().saturating_sub(most);
        for oldest in &person.connections[..too_many] {
            oldest.outlet.close(CloseCode::Replaced);
        }
        drop(people);
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.metrics.connected();
        Admission {
            hub: self.clone(),
            connection,
        }
    }

    fn dismiss(&self, connection: &Connection) {
        self.leave_rooms(connection);
        self.connections.fetch_sub(1, Ordering::Relaxed);
        self.metrics.disconnected();
        let mut people = self.people.shard(&connection.user);
        let Some(person) = people.get_mut(&connection.user) else {
            return;
        };
        person.connections.retain(|other| other.id != connection.id);
        if person.connections.is_empty() {
            people.remove(&connection.user);
            self.interests.unwant(Topic::User(connection.user));
        }
    }

    /// The connections of a person.
    pub(crate) fn connections_of(&self, user: UserId) -> Vec<Arc<Connection>> {
        let people = self.people.shard(&user);
        let person = people.get(&user);
        person.map_or_else(Vec::new, |person| person.connections.clone())
    }

    /// Everybody who has a connection here.
    pub(crate) fn everybody(&self) -> Vec<UserId> {
        self.people.collect(|user, _| Some(*user))
    }

    /// Tells the person's devices, and the room where it is small enough to be told.
    pub(super) fn read_moved(&self, user: UserId, event: &PersonalEvent, moved: &ReadMoved) {
        let (Ok(room), Ok(read_n)) = (
            moved.room_id.parse::<RoomId>(),
            Count::try_from(moved.read_n),
        ) else {
            tracing::error!(room = moved.room_id, "a read position can't be read");
            return;
        };
        let connections = self.connections_of(user);
        if !connections.is_empty() {
            let frame = read_frame(room, read_n);
            for connection in connections {
                if !connection.keep_early(event) {
                    let _ = connection.outlet.push(frame.clone());
                }
            }
        }
        if moved.receipt
            && let Some(feed) = self.feed(room)
        {
            let receipt = Receipt { room, user, read_n };
            feed.tell_others(user, &frames::text(&ServerFrame::Receipt(receipt)));
        }
    }
}

pub(super) fn read_frame(room: RoomId, read_n: Count) -> Bytes {
    let read = Personal::Read { room, read_n };
    frames::text(&ServerFrame::Personal(read))
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.hub.dismiss(&self.connection);
    }
}
