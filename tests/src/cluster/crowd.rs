//! Many clients that write at a steady pace while something happens to the cluster, and what they saw.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use uuid::Uuid;

use super::Installation;
use crate::device::Ack;
use crate::{Device, Person};

const ROOMS: usize = 20;
const PEOPLE_PER_ROOM: usize = 5;
const DEVICES_PER_PERSON: usize = 5;
/// Each client writes so often, unless told otherwise: 62 messages a second by 500 clients, and each sees one every 0.32 s.
const EVERY: Duration = Duration::from_secs(8);
/// How long the last messages may take to everybody.
const LATER: Duration = Duration::from_mins(1);

/// Rooms with their members.
#[derive(Debug)]
pub(super) struct Assembly {
    rooms: Vec<(Uuid, Vec<Person>)>,
}

impl Assembly {
    pub(super) async fn gather(installation: &Installation) -> Self {
        let mut rooms = Vec::with_capacity(ROOMS);
        for _ in 0..ROOMS {
            let people = installation.people("member", PEOPLE_PER_ROOM).await;
            rooms.push((installation.room(&people).await, people));
        }
        Self { rooms }
    }
}

/// Connected clients, each with the room that it writes to.
#[derive(Debug)]
pub struct Crowd {
    members: Vec<(Device, Uuid)>,
    every: Duration,
}

/// What came of all that was written.
#[derive(Debug, Default)]
pub struct Outcome {
    clients: usize,
    acknowledged: usize,
    deliveries: usize,
    /// Acknowledged, and not seen by a client.
    lost: usize,
    /// Seen by a client more than once.
    doubled: usize,
    /// Seen by a client elsewhere than where it was acknowledged.
    misplaced: usize,
    /// What clients complained of: gaps, repetitions, wrong order.
    violations: Vec<String>,
    /// The longest time in which a client saw nothing.
    longest_pause: Duration,
    /// The longest time until a message was acknowledged, all its repetitions included.
    longest_send: Duration,
}

impl Crowd {
    /// These clients, which write to these rooms.
    pub fn of(members: Vec<(Device, Uuid)>) -> Self {
        Self {
            members,
            every: EVERY,
        }
    }

    pub(super) async fn connect(assembly: &Assembly, gateway: SocketAddr) -> Self {
        let mut connecting = Vec::new();
        for (room, people) in &assembly.rooms {
            for person in people
                .iter()
                .cycle()
                .take(people.len() * DEVICES_PER_PERSON)
            {
                connecting.push(async { (Device::connect(person, vec![gateway]).await, *room) });
            }
        }
        Self::of(join_all(connecting).await)
    }

    /// Only one client of each person; the others leave.
    #[must_use]
    pub fn one_of_each(mut self) -> Self {
        let mut people = HashSet::new();
        self.members
            .retain(|(device, _)| people.insert(device.person.id));
        self
    }

    /// Each client writes so often.
    #[must_use]
    pub fn writing_every(mut self, every: Duration) -> Self {
        self.every = every;
        self
    }

    /// The clients.
    pub fn devices(&self) -> impl Iterator<Item = &Device> {
        self.members.iter().map(|(device, _)| device)
    }

    /// Everybody writes at a steady pace until `change` is done, and once more after it; then all that was
    /// acknowledged must have arrived everywhere.
    pub async fn write_during<T>(&self, change: impl Future<Output = T>) -> (T, Outcome) {
        for device in self.devices() {
            device.begin_anew();
        }
        let over = watch::Sender::new(false);
        let began = Instant::now();
        let mut of_room = HashMap::<Uuid, u32>::new();
        for (_, room) in &self.members {
            *of_room.entry(*room).or_default() += 1;
        }
        let mut numbers = HashMap::<Uuid, u32>::new();
        let writing = self.members.iter().map(|(device, room)| {
            // In turn, so that a room is never quiet for long.
            let number = numbers.entry(*room).or_default();
            let first = began + self.every * *number / of_room[room];
            *number += 1;
            let over = over.subscribe();
            let pace = interval_at(first, self.every);
            async move { (*room, write(device, *room, pace, over).await) }
        });
        let changing = async {
            let done = change.await;
            over.send_replace(true);
            done
        };
        let (done, written) = tokio::join!(changing, join_all(writing));

        let mut outcome = Outcome {
            clients: self.members.len(),
            ..Outcome::default()
        };
        let mut rooms = HashMap::<Uuid, Vec<Ack>>::new();
        for (room, written) in written {
            outcome.longest_send = outcome.longest_send.max(written.longest_send);
            rooms.entry(room).or_default().extend(written.acks);
        }
        outcome.acknowledged = rooms.values().map(Vec::len).sum();
        join_all(self.members.iter().map(async |(device, room)| {
            let last = rooms[room].iter().map(|ack| ack.seq).max();
            device.reaches(*room, last.unwrap_or_default(), LATER).await;
        }))
        .await;
        for (device, room) in &self.members {
            outcome.take(device, *room, &rooms[room]);
        }
        (done, outcome)
    }
}

struct Written {
    acks: Vec<Ack>,
    longest_send: Duration,
}

async fn write(
    device: &Device,
    room: Uuid,
    mut pace: Interval,
    over: watch::Receiver<bool>,
) -> Written {
    let mut written = Written {
        acks: Vec::new(),
        longest_send: Duration::ZERO,
    };
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 0.. {
        pace.tick().await;
        let last = *over.borrow();
        let began = Instant::now();
        let ack = device.send(room, &format!("message {number}")).await;
        written
            .acks
            .push(ack.expect("a repeated send is acknowledged"));
        written.longest_send = written.longest_send.max(began.elapsed());
        if last {
            break;
        }
    }
    written
}

impl Outcome {
    /// Compares what a client saw of its room with what was acknowledged there.
    fn take(&mut self, device: &Device, room: Uuid, acks: &[Ack]) {
        let pulse = device.pulse();
        self.longest_pause = self.longest_pause.max(pulse.longest_pause());
        device.look(|seen| {
            self.violations.extend_from_slice(seen.violations());
            let ids = seen.message_ids(room);
            let once: HashSet<_> = ids.iter().copied().collect();
            self.deliveries += ids.len();
            self.doubled += ids.len() - once.len();
            let places: HashMap<_, _> = seen
                .events(room)
                .iter()
                .filter_map(|event| {
                    Some((
                        event["data"]["id"].as_str()?.parse().ok()?,
                        event["seq"].as_i64()?,
                    ))
                })
                .collect::<HashMap<Uuid, i64>>();
            for ack in acks {
                match places.get(&ack.id) {
                    None => self.lost += 1,
                    Some(seq) => self.misplaced += usize::from(*seq != ack.seq),
                }
            }
        });
    }

    /// Fails the test when anything was lost, doubled or out of order.
    pub fn assert_whole(&self) {
        assert!(
            self.lost + self.doubled + self.misplaced == 0 && self.violations.is_empty(),
            "{self}; {:#?}",
            &self.violations[..self.violations.len().min(10)]
        );
        assert!(self.acknowledged > 0, "nobody wrote anything");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} clients, {} messages acknowledged, {} deliveries, lost {}, doubled {}, misplaced {}, longest pause of a \
             client {:.2} s, longest send {:.2} s",
            self.clients,
            self.acknowledged,
            self.deliveries,
            self.lost,
            self.doubled,
            self.misplaced,
            self.longest_pause.as_secs_f64(),
            self.longest_send.as_secs_f64(),
        )
    }
}
