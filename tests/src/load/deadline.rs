//! Nothing is waited for without an end: a server that stays silent is a result, and not a tool that hangs.

use std::time::Duration;

use anyhow::Context as _;
use tokio::time::timeout;

/// Long enough for a consumer group to take over from members that were killed.
pub(super) const DEADLINE: Duration = Duration::from_mins(1);

/// What comes of `waiting`, unless it takes longer than [`DEADLINE`].
pub(super) async fn within<T>(what: &str, waiting: impl Future<Output = T>) -> anyhow::Result<T> {
    timeout(DEADLINE, waiting)
        .await
        .with_context(|| format!("waited {DEADLINE:?} in vain until {what}"))
}
