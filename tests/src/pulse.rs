//! When what happened to one client.

use std::time::Duration;

use tokio::time::Instant;

/// Times of one client.
#[derive(Clone, Debug, Default)]
pub struct Pulse {
    connections: u32,
    told_to_leave: Vec<Instant>,
    last_event: Option<Instant>,
    longest_pause: Duration,
}

impl Pulse {
    pub(crate) fn begin(&mut self) {
        *self = Self {
            last_event: Some(Instant::now()),
            ..Self::default()
        };
    }

    pub(crate) fn connected(&mut self) {
        self.connections += 1;
    }

    pub(crate) fn leaves(&mut self) {
        self.told_to_leave.push(Instant::now());
    }

    pub(crate) fn event(&mut self) {
        let now = Instant::now();
        let pause = self
            .last_event
            .map_or(Duration::ZERO, |last| now.duration_since(last));
        self.longest_pause = self.longest_pause.max(pause);
        self.last_event = Some(now);
    }

    /// How often it has connected.
    pub fn connections(&self) -> u32 {
        self.connections
    }

    /// When gateways asked it to go elsewhere.
    pub fn told_to_leave(&self) -> &[Instant] {
        &self.told_to_leave
    }

    /// The longest time between two events.
    pub fn longest_pause(&self) -> Duration {
        self.longest_pause
    }
}
