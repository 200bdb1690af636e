//! What the use cases need from outside.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use time::OffsetDateTime;
use tokio::sync::mpsc;

use crate::domain::{
    Address, Change, Gateway, Incarnation, Lease, Report, ServerTime, Step, Topic,
};

/// The registry did not answer, or not in time. Whether it did what was asked is unknown.
#[derive(Debug, Clone, thiserror::Error)]
#[error("registry is away: {0}")]
pub struct RegistryAway(pub String);

/// How a registration went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registered {
    /// The gateway has a lease.
    Held,
    /// A later life of the gateway has registered.
    Superseded,
}

/// How a change of interest went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is in effect (now, or since this step was written before).
    Noted,
    /// A later step was applied; nothing changed.
    Stale,
    /// The gateway has no lease in this epoch; nothing changed.
    NoLease,
    /// A later life of the gateway has registered; nothing changed.
    Superseded,
}

/// What the registry says to a beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The lease is renewed, and the registered topics are those that the gateway has in mind.
    Agrees,
    /// The lease is renewed, but the topics differ or events were missed.
    Differs,
    /// The gateway has no lease in this epoch; nothing changed.
    NoLease,
    /// A later life of the gateway has registered; nothing changed.
    Superseded,
}

/// What the registry knows at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lookup {
    /// When that was, on the registry's clock.
    pub at: ServerTime,
    /// Whether every gateway that is there is known to be in the registry. Not so after it was
    /// emptied, until [`Registry::settle`] finds that all have announced themselves again.
    pub trusted: bool,
    /// Every gateway whose lease lives.
    pub leases: Vec<Lease>,
    /// For every topic asked for, the positions in `leases` of the gateways that want it.
    pub interested: Vec<Vec<usize>>,
}

/// Who is connected where. Holds only what gateways can tell again.
///
/// Updates are fenced: nothing that an earlier life of a gateway, or an earlier step of this life,
/// says late has any effect.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Gives the gateway a lease, or renews it. A new life begins without topics, and so does a life
    /// whose lease had lapsed. The lease is incomplete until a beat agrees.
    async fn register(&self, gateway: &Gateway) -> Result<Registered, RegistryAway>;

    /// Changes the gateway's topics. A step that was written before changes nothing more, so that a
    /// lost answer can be asked for again. A reset leaves the lease incomplete until a beat agrees.
    async fn change_interest(
        &self,
        incarnation: &Incarnation,
        step: Step,
        change: &Change,
    ) -> Result<Changed, RegistryAway>;

    /// Renews the lease and compares the topics.
    async fn beat(
        &self,
        incarnation: &Incarnation,
        report: &Report,
    ) -> Result<Verdict, RegistryAway>;

    /// Ends the lease of this life now.
    async fn leave(&self, incarnation: &Incarnation) -> Result<(), RegistryAway>;

    /// Says that the gateway missed events: its next beat is answered with [`Verdict::Differs`], and
    /// it has everything sent until a beat agrees.
    async fn doubt(&self, incarnation: &Incarnation) -> Result<(), RegistryAway>;

    /// Reads all leases and who wants these topics, at one moment and in one round trip.
    async fn lookup(&self, topics: &[Topic]) -> Result<Lookup, RegistryAway>;

    /// Marks the registry as trusted once it may be: it was found empty a lease ago (so whoever is
    /// still there has beaten since), all leases are complete, and those of `attached` are among
    /// them. Answers whether it is trusted now.
    async fn settle(&self, attached: &[Incarnation]) -> Result<bool, RegistryAway>;

    /// Removes some of what ended leases and resets left behind; answers whether there may be more.
    async fn sweep(&self) -> Result<bool, RegistryAway>;

    /// Notes that a ticket is used, for the rest of its life; answers whether this was the first time.
    async fn redeem(&self, ticket: &str, lifetime: Duration) -> Result<bool, RegistryAway>;
}

/// An event on its way to gateways: encoded once, shared by all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery(pub Bytes);

/// What is sent to one gateway at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Rising by one within a stream, from 1.
    pub number: u64,
    /// In the order of their partitions.
    pub deliveries: Vec<Delivery>,
}

/// A gateway could not be reached, or its stream broke.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct DeliveryFailed(pub String);

/// An open stream to one gateway. Dropping it cuts it, and the gateway reconciles itself.
pub struct DeliveryStream {
    /// Takes batches as fast as the gateway reads them.
    pub outgoing: mpsc::Sender<Batch>,
    /// The numbers of the batches up to which everything is noted.
    pub acknowledged: BoxStream<'static, Result<u64, DeliveryFailed>>,
}

/// Opens streams to gateways.
#[async_trait]
pub trait Dial: Send + Sync {
    /// Opens a stream; the caller bounds the wait.
    async fn open(&self, address: &Address) -> Result<DeliveryStream, DeliveryFailed>;
}

/// Where gateways are when the registry can't tell.
#[async_trait]
pub trait FindGateways: Send + Sync {
    /// The addresses that a name resolves to at the moment.
    async fn addresses(&self) -> Vec<Address>;
}

/// The wall clock.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> OffsetDateTime;
}
