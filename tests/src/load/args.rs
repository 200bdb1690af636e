//! What is asked of the tool.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

/// Puts load on Chappe and measures it.
#[derive(Debug, Parser)]
#[command(name = "load")]
pub struct Args {
    #[command(flatten)]
    pub(super) world: WorldArgs,

    /// Write what was measured to this file, too.
    #[arg(long, global = true)]
    pub(super) json: Option<PathBuf>,

    #[command(subcommand)]
    pub(super) scenario: Scenario,
}

/// Where the servers are.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct WorldArgs {
    /// Start the servers as one process or as many. The latter needs `CHAPPE_TEST_POSTGRES_URL`,
    /// `CHAPPE_TEST_REDIS_URL` and `CHAPPE_TEST_KAFKA_BROKERS`: run it in `scripts/stack run`.
    #[arg(long, global = true, value_enum, default_value = "distributed")]
    pub(super) world: WorldKind,

    /// Gateways, chats and notifications to start of each; 1 where the cost of one is measured.
    #[arg(long, global = true)]
    pub(super) replicas: Option<usize>,

    /// Start nothing, use these gateways: `host:port`.
    #[arg(long, global = true)]
    pub(super) url: Vec<SocketAddr>,

    /// A running server process to measure: `name=pid`.
    #[arg(long, global = true, requires = "url")]
    pub(super) process: Vec<NamedPid>,

    /// People to register; each may have many connections.
    #[arg(long, global = true, default_value_t = 250)]
    pub(super) people: usize,
}

impl WorldArgs {
    /// The same with another world, unless running servers are given.
    pub(super) fn with(&self, world: WorldKind, replicas: usize) -> Self {
        Self {
            world,
            replicas: Some(replicas),
            ..self.clone()
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WorldKind {
    Embedded,
    Distributed,
}

/// A running process under the name in the report.
#[derive(Clone, Debug)]
pub(super) struct NamedPid {
    pub(super) name: String,
    pub(super) pid: u32,
}

impl FromStr for NamedPid {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, pid) = text.split_once('=').ok_or("must be name=pid")?;
        Ok(Self {
            name: name.to_owned(),
            pid: pid.parse().map_err(|_| "the pid is no number")?,
        })
    }
}

#[derive(Debug, Subcommand)]
pub(super) enum Scenario {
    /// Memory of a gateway per idle connection.
    Idle(Idle),
    /// One room at a fixed rate: latency, losses, cost per delivery.
    Room(Room),
    /// Many small rooms at a fixed rate.
    Rooms(Rooms),
    /// One room at a growing rate until a gateway on one core is full.
    Saturation(Saturation),
    /// All clients come back at once, each having missed some messages.
    Reconnect(Reconnect),
    /// Acknowledged messages per second; each sender waits for its acknowledgement.
    Accept(Accept),
    /// All figures that Chappe promises.
    Figures,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Idle {
    #[arg(long, default_value_t = 10_000)]
    pub(super) connections: usize,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Room {
    /// Connections in the room.
    #[arg(long, default_value_t = 1000)]
    pub(super) members: usize,
    #[command(flatten)]
    pub(super) stream: Stream,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Rooms {
    #[arg(long = "rooms", default_value_t = 500)]
    pub(super) count: usize,
    /// Connections in each room.
    #[arg(long, default_value_t = 10)]
    pub(super) members: usize,
    #[command(flatten)]
    pub(super) stream: Stream,
}

/// Messages at a fixed rate.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Stream {
    /// Messages per second, over all rooms.
    #[arg(long, default_value_t = 20)]
    pub(super) rate: u32,
    #[arg(long, default_value_t = 20)]
    pub(super) seconds: u32,
    /// Bytes of a body.
    #[arg(long, default_value_t = 200)]
    pub(super) bytes: usize,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Saturation {
    #[arg(long, default_value_t = 1000)]
    pub(super) members: usize,
    #[arg(long, default_value_t = 200)]
    pub(super) bytes: usize,
    /// Length of each step.
    #[arg(long, default_value_t = 6)]
    pub(super) seconds: u32,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Reconnect {
    #[arg(long, default_value_t = 10_000)]
    pub(super) connections: usize,
    #[arg(long, default_value_t = 100)]
    pub(super) rooms: usize,
    /// Messages of each room that everybody missed.
    #[arg(long, default_value_t = 5)]
    pub(super) missed: usize,
}

#[derive(Clone, Debug, ClapArgs)]
pub(super) struct Accept {
    #[arg(long, value_enum, default_value = "websocket")]
    pub(super) through: Through,
    #[arg(long, default_value_t = 32)]
    pub(super) senders: usize,
    /// 1: all write into it. More: each sender writes into its own share in turn.
    #[arg(long, default_value_t = 1)]
    pub(super) rooms: usize,
    #[arg(long, default_value_t = 10)]
    pub(super) seconds: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Through {
    Rest,
    Websocket,
}
