//! A whole Chappe, started for a test run and ended with it.

mod distributed;
mod embedded;
mod kafka;
mod process;
mod redis;
pub mod stack;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use uuid::Uuid;

pub use process::Process;
use stack::Leftovers;

use crate::otlp::Collector;
use crate::telegram::{TOKEN, Telegram};
use crate::{Api, Device, Person, eventually};

/// How long a process may take until it is ready.
const STARTING: Duration = Duration::from_mins(1);

/// Seconds between pings, so that what a lost event needs to be noticed is short.
const HEARTBEAT_SECONDS: &str = "2";

/// The Telegram chat that is bridged.
const TELEGRAM_CHAT: i64 = -1_001_789_000_001;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One process on `SQLite`.
    Embedded,
    /// Seven processes on Postgres, Redis and Kafka.
    Distributed,
}

impl Kind {
    /// As in names of tests and folders.
    pub fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::Distributed => "distributed",
        }
    }
}

/// A running Chappe and its neighbours.
#[derive(Debug)]
pub struct World {
    /// Which of the two it is.
    pub kind: Kind,
    /// The REST calls.
    pub api: Api,
    /// Telegram.
    pub telegram: Telegram,
    /// Where the spans go.
    pub collector: Collector,
    /// The bridged room.
    pub bridge: Bridge,
    processes: Vec<Process>,
    gateways: Vec<SocketAddr>,
    names: AtomicU32,
    leftovers: Option<Leftovers>,
    /// Removed with the world.
    _data: tempfile::TempDir,
}

/// A Telegram chat and the room that it meets.
#[derive(Debug)]
pub struct Bridge {
    /// Telegram's id of the chat.
    pub chat: i64,
    /// The room.
    pub room: Uuid,
    /// Whose room it is.
    pub owner: Person,
}

/// The neighbours, which are there before Chappe is.
struct Neighbours {
    telegram: Telegram,
    telegram_url: String,
    collector: Collector,
    otlp_url: String,
    /// Flags of chat besides those that it always has.
    chat: Vec<String>,
    data: tempfile::TempDir,
    logs: PathBuf,
}

impl World {
    /// Starts one and waits until it is ready. Call it on the main thread: the processes end with the
    /// thread that started them.
    pub async fn start(kind: Kind) -> Result<Self> {
        Self::start_with(kind, &[]).await
    }

    /// The same, with these flags of chat besides.
    pub async fn start_with(kind: Kind, chat: &[(&str, &str)]) -> Result<Self> {
        let (telegram, telegram_address) = Telegram::start(Ipv4Addr::LOCALHOST.into()).await?;
        let (collector, collector_address) = Collector::start().await?;
        let logs = process::target()?.join("e2e").join(kind.name());
        std::fs::create_dir_all(&logs).with_context(|| logs.display().to_string())?;
        let neighbours = Neighbours {
            telegram,
            telegram_url: format!("http://{telegram_address}"),
            collector,
            otlp_url: format!("http://{collector_address}"),
            chat: flags(chat),
            data: tempfile::tempdir()?,
            logs,
        };
        match kind {
            Kind::Embedded => embedded::start(neighbours).await,
            Kind::Distributed => distributed::start(neighbours).await,
        }
    }

    /// The public addresses, beginning with the `first` (modulo their number).
    pub fn gateways_from(&self, first: usize) -> Vec<SocketAddr> {
        let mut gateways = self.gateways.clone();
        gateways.rotate_left(first % self.gateways.len());
        gateways
    }

    /// A public address.
    pub fn gateway(&self, index: usize) -> SocketAddr {
        self.gateways[index % self.gateways.len()]
    }

    /// All processes, in the order in which they depend on one another.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// Those of one service; the one of all in the embedded world.
    pub fn of_service(&self, service: &str) -> impl Iterator<Item = &Process> {
        self.processes
            .iter()
            .filter(move |process| self.kind == Kind::Embedded || process.name.starts_with(service))
    }

    /// Begins a new epoch, as somebody does who has restored a backup. No chat runs meanwhile.
    pub async fn new_epoch(&self) -> Result<()> {
        let chat = self.of_service("chat").next().context("a chat")?;
        let place = match self.kind {
            Kind::Embedded => "--data",
            Kind::Distributed => "--database-url",
        };
        chat.carry_out("new-epoch", place).await
    }

    /// Somebody new.
    pub async fn person(&self, name: &str) -> Person {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}_{number}");
        self.api.register(&name).await.expect("a person registers")
    }

    /// Several new people.
    pub async fn people(&self, name: &str, count: usize) -> Vec<Person> {
        let mut people = Vec::with_capacity(count);
        for _ in 0..count {
            people.push(self.person(name).await);
        }
        people
    }

    /// A private group.
    pub async fn room(&self, owner: &Person, members: &[&Person]) -> Uuid {
        self.api
            .group(owner, "A room", members)
            .await
            .expect("a room is opened")
    }

    /// A client of this person, first on this gateway.
    pub async fn device(&self, person: &Person, gateway: usize) -> Device {
        Device::connect(person, self.gateways_from(gateway)).await
    }

    /// One client for each person, on the gateways in turn.
    pub async fn devices(&self, people: &[Person]) -> Vec<Device> {
        let connecting = people
            .iter()
            .enumerate()
            .map(|(index, person)| self.device(person, index));
        futures::future::join_all(connecting).await
    }

    /// Waits until every process is ready.
    pub async fn ready(&self) {
        for process in &self.processes {
            process
                .ready(STARTING)
                .await
                .expect("the process becomes ready");
        }
    }

    /// Whether every process runs and is ready: what a scenario must leave behind.
    pub async fn is_whole(&self) -> bool {
        for process in &self.processes {
            if process.ready(Duration::from_secs(10)).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Ends all processes, and removes what they kept.
    pub async fn end(self) {
        for process in &self.processes {
            process.kill().await;
        }
        if let Some(leftovers) = self.leftovers {
            leftovers.remove().await;
        }
    }
}

/// Flags that every process has.
fn common(neighbours: &Neighbours, admin: SocketAddr) -> Vec<String> {
    flags(&[
        ("--admin-listen", &admin.to_string()),
        ("--otlp-endpoint", &neighbours.otlp_url),
        ("--log", "info"),
    ])
}

/// Flags of the public side: without the limits that a test of many clients on one address would meet.
fn public(address: SocketAddr) -> Vec<String> {
    flags(&[
        ("--public-listen", &address.to_string()),
        ("--address-rate", "0"),
        ("--sign-in-rate", "0"),
        ("--person-rate", "0"),
        ("--address-connections", "0"),
        ("--person-connections", "0"),
        ("--heartbeat-seconds", HEARTBEAT_SECONDS),
    ])
}

/// Flags of the bridge.
fn bridged(neighbours: &Neighbours, room: Uuid) -> Vec<String> {
    flags(&[
        ("--telegram-token", TOKEN),
        ("--telegram-api-url", &neighbours.telegram_url),
        ("--bridge", &format!("chat={TELEGRAM_CHAT},room={room}")),
    ])
}

fn flags(pairs: &[(&str, &str)]) -> Vec<String> {
    pairs
        .iter()
        .flat_map(|(flag, value)| [(*flag).to_owned(), (*value).to_owned()])
        .collect()
}

/// Opens the room that the bridge will meet.
async fn open_bridge(api: &Api) -> Result<Bridge> {
    let owner = eventually("somebody registers", STARTING, async || {
        api.register("bridge_owner").await.ok()
    })
    .await;
    let room = api.group(&owner, "The bridge", &[]).await?;
    Ok(Bridge {
        chat: TELEGRAM_CHAT,
        room,
        owner,
    })
}

/// Addresses that were free a moment ago. They are chosen here and not by the processes, which must
/// find one another again after a restart.
fn free_addresses<const N: usize>() -> Result<[SocketAddr; N]> {
    let held: Vec<_> = (0..N)
        .map(|_| std::net::TcpListener::bind("127.0.0.1:0"))
        .collect::<Result<_, _>>()?;
    let addresses: Vec<_> = held
        .iter()
        .map(std::net::TcpListener::local_addr)
        .collect::<Result<_, _>>()?;
    ensure!(addresses.len() == N, "too few ports");
    Ok(std::array::from_fn(|index| addresses[index]))
}
