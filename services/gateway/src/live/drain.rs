//! Leaving without losing anybody.
//!
//! Nobody is let in any more; everybody is told to go, at a bounded rate and each with a time of its
//! own to come back; who is still there when all these times are over is closed behind what waits
//! for it. Only then does the gateway leave the registry. Where the grace is too short for the rate,
//! the rate gives way: who is told nothing comes back at once, together with all the others.
//!
//! It begins with the shutdown, or before it: whoever scales gateways sends the connections of one away
//! first (`EdgeService.Drain`), and stops it when it is empty.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use runtime::{Shutdown, health::Component};
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::Shared;
use super::commands::milliseconds;
use super::frames::{self, CloseCode, Drain, ServerFrame};

/// Pause between groups of connections that are told to go, unless the rate is slower.
const STEP: Duration = Duration::from_millis(50);
/// Between a client's time to come back and its end here.
const PATIENCE: Duration = Duration::from_millis(500);
/// What the end of the grace is left for: closing the rest, and the lease.
const RESERVE: Duration = Duration::from_secs(3);
/// What waits for those who were closed has this long to be read.
const FLUSH_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Nobody is waited for by then, but for connections that were being opened as the drain began.
const LOOK_AGAIN: Duration = Duration::from_millis(500);

/// How fast everybody is told to go.
#[derive(Debug)]
struct Pace {
    /// Connections that are told at the same moment.
    group: usize,
    /// From one group to the next.
    every: Duration,
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
        }
    }
}

/// On what terms connections are sent elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrainTerms {
    /// Connections that are told to go per second.
    pub per_second: u32,
    /// Those who are told at the same moment come back within this time.
    pub spread: Duration,
}

/// Whether this gateway is on its way out, and on what terms. There is no way back.
#[derive(Debug, Default)]
pub(super) struct Departure {
    terms: OnceLock<DrainTerms>,
    begun: CancellationToken,
}

impl Departure {
    /// Nobody is let in any more. The first word holds.
    pub(super) fn begin(&self, terms: DrainTerms) {
        self.terms.get_or_init(|| terms);
        self.begun.cancel();
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun.is_cancelled()
    }

    /// Waits until it begins.
    async fn begun(&self) -> DrainTerms {
        self.begun.cancelled().await;
        *self.terms.get().expect("terms are there before it begins")
    }
}

/// Waits until the gateway is to leave, lets everybody go, and returns when the process may end: it is
/// told to leave before it is told to stop where somebody looks after its connections in between.
pub(super) async fn drain(shared: &Arc<Shared>, shutdown: &Shutdown, open: &Component) {
    let terms = tokio::select! {
        () = shutdown.soft() => {
            shared.departure.begin(shared.settings.drain);
            shared.settings.drain
        }
        terms = shared.departure.begun() => terms,
    };
    open.not_ready("draining");
    send_away(shared, shutdown, terms).await;
    // Who slipped in while the door was being closed.
    while !shutdown.is_triggered() {
        close_all(shared);
        tokio::select! {
            () = shutdown.soft() => {}
            () = sleep(LOOK_AGAIN) => {}
        }
    }
    finish(shared, shutdown).await;
}

/// Tells everybody to go, and closes who has not gone after that.
async fn send_away(shared: &Arc<Shared>, shutdown: &Shutdown, terms: DrainTerms) {
    let spare = terms.spread + PATIENCE;
    // Without a shutdown there is no end to be in time for.
    let left = || {
        let left = shutdown.remaining().saturating_sub(RESERVE);
        if shutdown.is_triggered() {
            left
        } else {
            Duration::MAX
        }
    };
    let everybody = shared.hub.all_connections();
    let mut untold = everybody.as_slice();
    let mut hurried = shutdown.is_triggered();
    let mut pace = Pace::new(untold.len(), terms.per_second, left().saturating_sub(spare));
    tracing::info!(connections = untold.len(), ?pace, "draining");
    let mut at = Instant::now();
    while !untold.is_empty() {
        tokio::select! {
            // By the clock, so that what telling them takes does not add up.
            () = sleep_until(at) => {}
            () = shutdown.soft(), if !hurried => {
                hurried = true;
                pace = Pace::new(untold.len(), terms.per_second, left().saturating_sub(spare));
                continue;
            }
        }
        at += pace.every;
        let (group, rest) = untold.split_at(pace.group.min(untold.len()));
        untold = rest;
        for connection in group {
            let wait = terms.spread.mul_f32(rand::random_range(0.0..1.0));
            let frame = ServerFrame::Drain(Drain {
                reconnect_in_ms: milliseconds(wait),
            });
            let _ = connection.outlet.push(frames::text(&frame));
        }
    }
    let ends_at = Instant::now() + spare.min(left());
    // A shutdown meanwhile may leave less.
    while shared.hub.connections() > 0 && Instant::now() < ends_at && !left().is_zero() {
        sleep_until(ends_at.min(Instant::now() + LOOK_EVERY)).await;
    }
    close_all(shared);
}

fn close_all(shared: &Shared) {
    for connection in shared.hub.all_connections() {
        connection.outlet.close(CloseCode::GoingAway);
    }
}

/// Waits until what was queued is written.
async fn finish(shared: &Arc<Shared>, shutdown: &Shutdown) {
    close_all(shared);
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
        }
    }

    #[test]
    fn where_there_is_time_the_rate_is_kept() {
        let pace = Pace::new(10_000, 1_000, seconds(25));
        assert_eq!((pace.group, pace.every), (50, STEP));
        let slow = Pace::new(3, 2, seconds(25));
        assert_eq!((slow.group, slow.every), (1, seconds(1) / 2));
        let unhurried = Pace::new(10_000, 1_000, Duration::MAX);
        assert_eq!((unhurried.group, unhurried.every), (50, STEP));
    }
}
