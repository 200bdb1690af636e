//! Time since the tool began, and message ids.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

/// Nanoseconds since the tool began.
pub(super) fn now() -> u64 {
    nanoseconds(BEGAN.elapsed())
}

pub(super) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// A fresh message id, as any client makes it.
pub(super) fn message_id() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}
