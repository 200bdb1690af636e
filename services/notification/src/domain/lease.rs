//! For how long, and how far, a gateway's registration is believed.

use std::time::Duration;

use super::{Digest, Gateway};

/// How long a gateway is believed to be there after its last beat. It beats every 3 s.
pub const LEASE: Duration = Duration::from_secs(10);

/// A time on the registry's own clock, the only one by which leases end: since some beginning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerTime(pub Duration);

/// What a gateway says about itself with every beat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Open connections.
    pub connections: u32,
    /// How many topics it wants.
    pub topics: u64,
    /// The digest of those topics.
    pub digest: Digest,
    /// It lets nobody in any more. Nothing is decided by it: it wants its events until it leaves.
    pub draining: bool,
}

/// A gateway that is believed to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Whose lease it is.
    pub gateway: Gateway,
    /// Whether the gateway and the registry agreed on its topics at the last beat. Until they do, it
    /// may want anything.
    pub complete: bool,
    /// Topics that are registered for it.
    pub topics: u64,
    /// Connections it reported last.
    pub connections: u32,
}
