//! The registry in Redis: one for all replicas.
//!
//! ```text
//! {<space>}:gateways          hash    gateway id → its lease as JSON: epoch, address, step, digest, …
//! {<space>}:topic:<topic>     set     registrations: <gateway id>/<generation>
//! {<space>}:held:<reg.>       set     the topics of one registration
//! {<space>}:ended             set     registrations whose entries are still to be removed
//! {<space>}:generations       number  the last generation that was given out
//! {<space>}:trusted           mark    present unless Redis was emptied and not all have come back
//! {<space>}:emptied-at        number  when the mark was first found missing
//! <space>:ticket:<id>         mark    a used ticket, for the rest of its life
//! ```
//!
//! All but the tickets share one hash tag, so that in a cluster too every update and every lookup is
//! one atomic script on one node. Times are those of the server's clock.
//!
//! A registration ends in one step, by giving the gateway another generation (a new life, a reset) or
//! by removing its lease: what is left of it in the topics' sets no longer counts, and is swept later
//! in small pieces.

mod connection;
mod scripts;
mod topology;

use std::time::Duration;

use ::redis::ScriptInvocation;
use async_trait::async_trait;

use self::connection::Connections;
use self::scripts::Scripts;
pub use self::topology::{BadTopology, Topology};
use crate::application::ports::{Changed, Lookup, Registered, Registry, RegistryAway, Verdict};
use crate::domain::{
    Address, Change, Gateway, GatewayId, Incarnation, LEASE, Lease, Report, ServerTime, Step, Topic,
};

/// What the keys of one Chappe begin with.
const SPACE: &str = "chappe";

/// Keeps who is connected where in Redis. Connects with the first question, and again after a loss.
pub struct RedisRegistry {
    connections: Connections,
    scripts: Scripts,
    space: String,
    lease: Duration,
}

impl RedisRegistry {
    /// A registry there.
    pub fn new(topology: &Topology) -> Result<Self, BadTopology> {
        Self::within(topology, SPACE, LEASE)
    }

    /// A registry whose keys begin with `space` and whose leases end after `lease`, so that tests
    /// don't meet.
    pub fn within(topology: &Topology, space: &str, lease: Duration) -> Result<Self, BadTopology> {
        Ok(Self {
            connections: Connections::new(topology.source()?),
            scripts: Scripts::new(),
            space: space.to_owned(),
            lease,
        })
    }

    /// Begins a script's arguments: every one gets the hash tag and the lease.
    fn ask<'a>(&self, script: &'a ::redis::Script) -> ScriptInvocation<'a> {
        let tag = format!("{{{}}}", self.space);
        let mut invocation = script.prepare_invoke();
        invocation
            .key(format!("{tag}:gateways"))
            .arg(tag)
            .arg(self.lease.as_millis().to_string());
        invocation
    }

    fn ask_about<'a>(
        &self,
        script: &'a ::redis::Script,
        incarnation: &Incarnation,
    ) -> ScriptInvocation<'a> {
        let mut invocation = self.ask(script);
        invocation
            .arg(incarnation.id.as_str())
            .arg(sortable(incarnation.epoch.get()));
        invocation
    }
}

/// A number as text that sorts like it: Lua's numbers are exact to 2⁵³ only.
fn sortable(number: u64) -> String {
    format!("{number:020}")
}

/// A hash in two halves that Lua's bit operations can take.
fn halves(hash: u64) -> (u64, u64) {
    (hash >> 32, hash & 0xffff_ffff)
}

fn unknown(answer: &str) -> RegistryAway {
    RegistryAway(format!("unknown answer {answer:?} of a script"))
}

#[async_trait]
impl Registry for RedisRegistry {
    async fn register(&self, gateway: &Gateway) -> Result<Registered, RegistryAway> {
        let mut ask = self.ask_about(&self.scripts.register, &gateway.incarnation);
        ask.arg(gateway.address.as_str());
        match self.connections.invoke::<String>(&ask).await?.as_str() {
            "held" => Ok(Registered::Held),
            "superseded" => Ok(Registered::Superseded),
            other => Err(unknown(other)),
        }
    }

    async fn change_interest(
        &self,
        incarnation: &Incarnation,
        step: Step,
        change: &Change,
    ) -> Result<Changed, RegistryAway> {
        let mut ask = self.ask_about(&self.scripts.change_interest, incarnation);
        ask.arg(sortable(step.operation))
            .arg(step.part)
            .arg(u8::from(change.reset))
            .arg(change.remove.len());
        for topic in change.remove.iter().chain(&change.add) {
            let (high, low) = halves(topic.xxh3());
            ask.arg(topic.to_string()).arg(high).arg(low);
        }
        match self.connections.invoke::<String>(&ask).await?.as_str() {
            "noted" => Ok(Changed::Noted),
            "stale" => Ok(Changed::Stale),
            "no lease" => Ok(Changed::NoLease),
            "superseded" => Ok(Changed::Superseded),
            other => Err(unknown(other)),
        }
    }

    async fn beat(
        &self,
        incarnation: &Incarnation,
        report: &Report,
    ) -> Result<Verdict, RegistryAway> {
        let (high, low) = halves(report.digest.get());
        let mut ask = self.ask_about(&self.scripts.beat, incarnation);
        ask.arg(report.connections)
            .arg(report.topics)
            .arg(high)
            .arg(low)
            .arg(u8::from(report.draining));
        match self.connections.invoke::<String>(&ask).await?.as_str() {
            "agrees" => Ok(Verdict::Agrees),
            "differs" => Ok(Verdict::Differs),
            "no lease" => Ok(Verdict::NoLease),
            "superseded" => Ok(Verdict::Superseded),
            other => Err(unknown(other)),
        }
    }

    async fn leave(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        self.connections
            .invoke(&self.ask_about(&self.scripts.leave, incarnation))
            .await
    }

    async fn doubt(&self, incarnation: &Incarnation) -> Result<(), RegistryAway> {
        self.connections
            .invoke(&self.ask_about(&self.scripts.doubt, incarnation))
            .await
    }

    async fn lookup(&self, topics: &[Topic]) -> Result<Lookup, RegistryAway> {
        let mut ask = self.ask(&self.scripts.lookup);
        for topic in topics {
            ask.arg(topic.to_string());
        }
        let (at, trusted, rows, interested): (u64, bool, Vec<Row>, Vec<Vec<usize>>) =
            self.connections.invoke(&ask).await?;
        let leases = rows.into_iter().map(lease).collect::<Option<_>>();
        Ok(Lookup {
            at: ServerTime(Duration::from_millis(at)),
            trusted,
            leases: leases.ok_or_else(|| RegistryAway("a lease can't be read".into()))?,
            interested,
        })
    }

    async fn settle(&self, attached: &[Incarnation]) -> Result<bool, RegistryAway> {
        let mut ask = self.ask(&self.scripts.settle);
        for incarnation in attached {
            ask.arg(incarnation.id.as_str());
        }
        self.connections.invoke(&ask).await
    }

    async fn sweep(&self) -> Result<bool, RegistryAway> {
        self.connections
            .invoke(&self.ask(&self.scripts.sweep))
            .await
    }

    async fn redeem(&self, ticket: &str, lifetime: Duration) -> Result<bool, RegistryAway> {
        let mut set = ::redis::cmd("SET");
        set.arg(format!("{}:ticket:{ticket}", self.space))
            .arg(1)
            .arg("NX")
            .arg("PX")
            .arg(lifetime.as_millis().max(1).to_string());
        // "OK", or nothing when it was there.
        let first: Option<String> = self.connections.query(&set).await?;
        Ok(first.is_some())
    }
}

/// id, epoch, address, complete, topics, connections
type Row = (String, u64, String, bool, u64, u32);

fn lease((id, epoch, address, complete, topics, connections): Row) -> Option<Lease> {
    Some(Lease {
        gateway: Gateway {
            incarnation: Incarnation {
                id: id.parse::<GatewayId>().ok()?,
                epoch: epoch.into(),
            },
            address: address.parse::<Address>().ok()?,
        },
        complete,
        topics,
        connections,
    })
}
