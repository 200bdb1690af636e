//! Leaving without losing anybody.
//!
//! Nobody is let in any more; everybody is told to go, at a bounded rate and each with a time of its
//! own to come back; who is still there when all these times are over is closed behind what waits
//! for it. Only then does the gateway leave the registry.

use std::sync::Arc;
use std::time::Duration;

use runtime::Shutdown;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::Shared;
use super::commands::milliseconds;
use super::frames::{self, CloseCode, Drain, ServerFrame};

/// Pause between groups of connections that are told to go.
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

/// Lets everybody go.
pub(super) async fn drain(shared: &Arc<Shared>, shutdown: &Shutdown) {
    let everybody = shared.hub.all_connections();
    let rate = shared.settings.drain_per_second;
    let count = u32::try_from(everybody.len()).unwrap_or(u32::MAX);
    let needed = Duration::from_secs(1).mul_f64(f64::from(count) / f64::from(rate));
    let patience = shutdown.remaining().saturating_sub(RESERVE);
    let ends_at = Instant::now() + (needed + SPREAD + PATIENCE).min(patience);
    tracing::info!(connections = count, ?needed, "draining");

    let group = (f64::from(rate) * STEP.as_secs_f64()).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a positive number below the rate"
    )]
    let group = (group as usize).max(1);
    for group in everybody.chunks(group) {
        for connection in group {
            let wait = SPREAD.mul_f32(rand::random_range(0.0..1.0));
            let frame = ServerFrame::Drain(Drain {
                reconnect_in_ms: milliseconds(wait),
            });
            let _ = connection.outlet.push(frames::text(&frame));
        }
        if Instant::now() >= ends_at {
            break;
        }
        sleep(STEP).await;
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
