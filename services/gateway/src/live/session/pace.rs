//! How fast one connection may send frames.

use tokio::time::Instant;

/// A bucket of as many frames as two seconds allow.
pub(super) struct Pace {
    rate: f32,
    left: f32,
    at: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant, per_second: u32) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "rates are small")]
        let rate = per_second as f32;
        Self {
            rate,
            left: rate * 2.0,
            at: now,
        }
    }

    /// Whether one more frame is within the pace.
    pub(super) fn allows(&mut self, now: Instant) -> bool {
        let since = now.duration_since(self.at).as_secs_f32();
        self.at = now;
        self.left = (self.left + since * self.rate).min(self.rate * 2.0) - 1.0;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_allowed_and_what_is_faster_for_longer_is_not() {
        let mut pace = Pace::new(Instant::now(), 10);
        assert!((0..20).all(|_| pace.allows(Instant::now())));
        assert!(!pace.allows(Instant::now()));
        tokio::time::advance(Duration::from_millis(500)).await;
        assert!((0..4).all(|_| pace.allows(Instant::now())));
    }
}
