//! What the live side can be told.

use std::time::Duration;

use http::HeaderValue;

/// Limits and times of WebSockets.
#[derive(Clone, Debug)]
pub struct LiveSettings {
    /// Time between pings; two unanswered ones close a connection.
    pub heartbeat: Duration,
    /// Origins other than its own whose pages may connect.
    pub origins: Vec<HeaderValue>,
    /// Connections of one person; beyond, the oldest gives way.
    pub connections_per_person: usize,
    /// Connections of one address; beyond, a new one is refused. 0 is no limit.
    pub connections_per_address: usize,
    /// Bytes that may wait for one reader.
    pub queue_bytes: usize,
    /// Frames that one connection may send per second, with twice as many at once.
    pub frames_per_second: u32,
    /// Connections that are told to go per second while the gateway drains.
    pub drain_per_second: u32,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self {
            heartbeat: Duration::from_secs(25),
            origins: Vec::new(),
            connections_per_person: 50,
            connections_per_address: 0,
            queue_bytes: 256 * 1024,
            frames_per_second: 1_000,
            drain_per_second: 1_000,
        }
    }
}
