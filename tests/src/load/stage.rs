//! A world with people in rooms and their connections: what every scenario begins with.

use std::{
    rc::Rc,
    time::{Duration, Instant},
};

use anyhow::bail;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::sleep;

use super::{
    args::{Stream, WorldArgs},
    clock,
    deadline::DEADLINE,
    ledger::Ledger,
    pace,
    people::{self, Person},
    report::Report,
    socket::{Client, Position, Shared},
    world::{Cores, World},
};

/// Connections that are being made at a time, where nothing else is asked.
const CONNECTING: usize = 64;

/// How often clients come back that are closed before they are welcomed.
const COMEBACKS: usize = 5;

/// Connections of a room that write, in turn.
const SENDERS: usize = 8;

const POLL: Duration = Duration::from_millis(5);

/// A world, its people and what their clients saw.
pub(super) struct Stage {
    pub(super) world: World,
    pub(super) people: Vec<Rc<Person>>,
    pub(super) shared: Rc<Shared>,
}

/// The connections of a room.
pub(super) struct Crowd {
    pub(super) room: Rc<str>,
    pub(super) clients: Vec<Rc<Client>>,
}

impl Stage {
    /// Starts the world and registers its people.
    pub(super) async fn set(
        args: &WorldArgs,
        replicas: usize,
        cores: Cores,
        most_people: usize,
    ) -> anyhow::Result<Self> {
        let world = World::start(args, replicas, cores).await?;
        let count = args.people.min(most_people).max(1);
        let people = people::register(&world.gateways, count).await?;
        Ok(Self {
            world,
            people,
            shared: Shared::new(),
        })
    }

    pub(super) fn ledger(&self) -> std::cell::RefMut<'_, Ledger> {
        self.shared.ledger.borrow_mut()
    }

    /// Opens a room of these people.
    pub(super) async fn open_room(
        &self,
        title: &str,
        members: &[Rc<Person>],
    ) -> anyhow::Result<Rc<str>> {
        people::open_room(self.world.gateways[0], title, members).await
    }

    /// Connects a client of each person, spread over the gateways, and waits for all welcomes.
    pub(super) async fn connect(
        &self,
        people: impl IntoIterator<Item = Rc<Person>>,
    ) -> anyhow::Result<Vec<Rc<Client>>> {
        let logins = people.into_iter().map(|person| (person, Vec::new()));
        self.connect_from(logins, CONNECTING).await
    }

    /// The same, each from where it was.
    pub(super) async fn connect_from(
        &self,
        logins: impl IntoIterator<Item = (Rc<Person>, Vec<Position>)>,
        at_a_time: usize,
    ) -> anyhow::Result<Vec<Rc<Client>>> {
        let logins: Vec<_> = logins.into_iter().collect();
        let numbers = 0..logins.len();
        let connecting = numbers.map(|number| self.connect_one(number, &logins[number]));
        let mut clients: Vec<Rc<Client>> = stream::iter(connecting)
            .buffered(at_a_time)
            .try_collect()
            .await?;
        for _ in 0..COMEBACKS {
            self.until("all clients are welcomed", || {
                let settled = |client: &Rc<Client>| client.welcomed.get() || client.closed.get();
                clients.iter().all(settled)
            })
            .await?;
            // Who was closed before the welcome comes back, as any client would; it is counted.
            for number in 0..clients.len() {
                if !clients[number].welcomed.get() {
                    clients[number] = self.connect_one(number, &logins[number]).await?;
                }
            }
        }
        self.until("all clients are welcomed", || {
            clients.iter().all(|client| client.welcomed.get())
        })
        .await?;
        Ok(clients)
    }

    async fn connect_one(
        &self,
        number: usize,
        (person, known): &(Rc<Person>, Vec<Position>),
    ) -> anyhow::Result<Rc<Client>> {
        let gateways = &self.world.gateways;
        let gateway = gateways[number % gateways.len()];
        Client::connect(&self.shared, gateway, &person.token, known.clone()).await
    }

    /// One room with so many connections of all people, who take turns.
    pub(super) async fn crowd(&self, connections: usize) -> anyhow::Result<Crowd> {
        let members = &self.people[..self.people.len().min(connections)];
        let room = self.open_room("Load", members).await?;
        let people = members.iter().cycle().take(connections).cloned();
        let clients = self.connect(people).await?;
        Ok(Crowd { room, clients })
    }

    /// Sends one message into each room and waits until it arrived everywhere: all routes are made.
    pub(super) async fn warm_up(&self, crowds: &[Crowd]) -> anyhow::Result<()> {
        for crowd in crowds {
            let number = self.ledger().schedule(clock::now(), crowd.clients.len());
            crowd.clients[0].send(number, &crowd.room, "").await?;
        }
        self.until("the first messages are delivered", || {
            self.ledger().is_complete()
        })
        .await
    }

    /// Messages at a fixed rate into the rooms in turn.
    pub(super) async fn play(&self, crowds: &[Crowd], stream: &Stream) -> anyhow::Result<()> {
        let duration = Duration::from_secs(stream.seconds.into());
        let mut schedule = pace::every(stream.rate, duration);
        let filling = filling(stream.bytes);
        let mut turn = 0;
        while let Some(due) = schedule.recv().await {
            let crowd = &crowds[turn % crowds.len()];
            let senders = crowd.clients.len().min(SENDERS);
            let sender = &crowd.clients[turn / crowds.len() % senders];
            let number = self.ledger().schedule(due, crowd.clients.len());
            if let Err(error) = sender.send(number, &crowd.room, &filling).await {
                // The connection's own end is counted where it is read.
                self.ledger().trouble(format!("sending: {error}"));
            }
            turn += 1;
        }
        Ok(())
    }

    /// Warms up, plays, waits for the rest and reports: latencies, losses, deliveries per second, CPU.
    pub(super) async fn measure(
        &self,
        report: &mut Report,
        crowds: &[Crowd],
        stream: &Stream,
    ) -> anyhow::Result<()> {
        self.warm_up(crowds).await?;
        self.ledger().begin();
        let cpu = self.world.cpu()?;
        let began = Instant::now();
        self.play(crowds, stream).await?;
        let played = began.elapsed();
        // What does not come is reported as lost.
        let _ = self
            .until("all is delivered", || self.ledger().is_complete())
            .await;
        let took = began.elapsed();
        let used = self.world.cpu_since(&cpu)?;

        let ledger = self.ledger();
        let deliveries = ledger.deliveries;
        let per_second = super::report::count(deliveries) / played.as_secs_f64();
        report.add("deliveries per second", per_second, "1/s");
        report.add_ledger(&ledger);
        report.add_cpu(&used, took, deliveries);
        Ok(())
    }

    /// Cuts all connections, which gateways would say farewell to otherwise, and stops the world.
    pub(super) async fn end(self) {
        self.shared.cut_all();
        self.world.stop().await;
    }

    /// Waits for a condition.
    pub(super) async fn until(
        &self,
        what: &str,
        mut condition: impl FnMut() -> bool,
    ) -> anyhow::Result<()> {
        let deadline = Instant::now() + DEADLINE;
        while !condition() {
            if Instant::now() > deadline {
                let ledger = self.ledger();
                bail!(
                    "waited {DEADLINE:?} in vain until {what}: {} deliveries missing, {} closed, {:?}",
                    ledger.missing(),
                    ledger.closed,
                    ledger.troubles
                );
            }
            sleep(POLL).await;
        }
        Ok(())
    }
}

/// What fills a body of so many bytes behind its number.
pub(super) fn filling(bytes: usize) -> String {
    const NUMBER: usize = "#0000000000#".len();
    "x".repeat(bytes.saturating_sub(NUMBER))
}
