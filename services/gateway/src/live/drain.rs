//! Leaving without losing anybody.
//!
//! Nobody is let in any more; everybody is told to go, at a bounded rate and each with a time of its
//! own to come back; who is still there when all these times are over is closed behind what waits
//! for it. Only then does the gateway leave the registry. Where the grace is too short for the rate,
//! the rate gives way: who is told nothing comes back at once, together with all the others.

use std::sync::Arc;
use std::time::Duration;

use runtime::Shutdown;
use tokio::time::{Instant, sleep_until, timeout};

use super::Shared;
use super::commands::milliseconds;
use super::frames::{self, CloseCode, Drain, ServerFrame};

/// Pause between groups of connections that are told to go, unless the rate is slower.
const STEP: Duration = Duration::from_millis(50);
/// Those who are told at the same moment come back within this time.
const SPREAD: Duration = Duration::from_secs(1);
/// Between a client's time to come back and its end here.
const PATIENCE: Duration = Duration::from_millis(500);
/// What the end of the grace is left for: closing the rest, and the lease.
const RESERVE: Duration = Duration::from_secs(3);
/// What waits for those who were closed has this long to be read.
const FLUSH_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// How fast everybody is told to go.
#[derive(Debug)]
struct Pace {
    /// Connections that are told at the same moment.
    group: usize,
    /// From one group to the next.
    every: Duration,
    /// Until everybody was told.
    needed: Duration,
}

impl Pace {
    /// So many per second, or as many more as it takes to tell all of them within the time.
    fn new(connections: usize, per_second: u32, within: Duration) -> Self {
        let connections = f64::from(u32::try_from(connections).unwrap_or(u32::MAX));
        let enough = connections / within.max(STEP).as_secs_f64();
        let rate = f64::from(per_second).max(enough);
        let group = (rate * STEP.as_secs_f64()).ceil();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 1 to that of the connections or the rate"
        )]
        let whole = group as usize;
        Self {
            group: whole,
            every: Duration::from_secs_f64(group / rate),
            needed: Duration::from_secs_f64(connections / rate),
        }
    }
}

/// Lets everybody go.
pub(super) async fn drain(shared: &Arc<Shared>, shutdown: &Shutdown) {
    let everybody = shared.hub.all_connections();
    let patience = shutdown.remaining().saturating_sub(RESERVE);
    let pace = Pace::new(
        everybody.len(),
        shared.settings.drain_per_second,
        patience.saturating_sub(SPREAD + PATIENCE),
    );
    let begins_at = Instant::now();
    let ends_at = begins_at + (pace.needed + SPREAD + PATIENCE).min(patience);
    tracing::info!(connections = everybody.len(), ?pace, "draining");

    let mut at = begins_at;
    for group in everybody.chunks(pace.group) {
        // By the clock, so that what telling them takes does not add up.
        sleep_until(at).await;
        at += pace.every;
        for connection in group {
            let wait = SPREAD.mul_f32(rand::random_range(0.0..1.0));
            let frame = ServerFrame::Drain(Drain {
                reconnect_in_ms: milliseconds(wait),
            });
            let _ = connection.outlet.push(frames::text(&frame));
        }
    }
    while shared.hub.connections() > 0 && Instant::now() < ends_at {
        sleep_until(ends_at.min(Instant::now() + LOOK_EVERY)).await;
    }
    for connection in shared.hub.all_connections() {
        connection.outlet.close(CloseCode::GoingAway);
    }
    shared.tasks.close();
    let left = shutdown.remaining().saturating_sub(RESERVE / 3);
    if timeout(left.min(FLUSH_WITHIN), shared.tasks.wait())
        .await
        .is_err()
    {
        tracing::warn!(connections = shared.tasks.len(), "connections were cut");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// When the last group is told.
    fn last_told(pace: &Pace, connections: usize) -> Duration {
        let groups = connections.div_ceil(pace.group);
        pace.every * u32::try_from(groups.saturating_sub(1)).unwrap()
    }

    #[test]
    fn everybody_is_told_within_the_grace_however_many_they_are() {
        for (connections, within) in [(50_000, 25), (50_000, 1), (1_000_000, 25), (30_000, 0)] {
            let pace = Pace::new(connections, 1_000, seconds(within));
            let last = last_told(&pace, connections);
            assert!(last <= seconds(within), "{pace:?}: {last:?}");
            assert!(pace.needed <= seconds(within).max(STEP), "{pace:?}");
        }
    }

    #[test]
    fn where_there_is_time_the_rate_is_kept() {
        let pace = Pace::new(10_000, 1_000, seconds(25));
        assert_eq!((pace.group, pace.every), (50, STEP));
        assert_eq!(pace.needed, seconds(10));
        let slow = Pace::new(3, 2, seconds(25));
        assert_eq!((slow.group, slow.every), (1, seconds(1) / 2));
        assert_eq!(Pace::new(0, 1_000, seconds(25)).needed, Duration::ZERO);
    }
}
