//! What the live side can be told.

use std::time::Duration;

use http::HeaderValue;

use super::DrainTerms;

/// Limits and times of WebSockets that deployments change.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Time between pings; two unanswered ones close a connection.
    pub heartbeat: Duration,
    /// Origins other than its own whose pages may connect.
    pub origins: Vec<HeaderValue>,
    /// Connections of one person; beyond, the oldest gives way. 0 is no limit.
    pub connections_per_person: u32,
    /// Connections of one address; beyond, a new one is refused. 0 is no limit.
    pub connections_per_address: u32,
    /// How connections are sent elsewhere when the gateway leaves.
    pub drain: DrainTerms,
}
