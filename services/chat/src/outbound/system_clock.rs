//! The machine's clock and randomness.

#![expect(
    clippy::disallowed_methods,
    reason = "this adapter is where time and fresh ids come from"
)]

use time::OffsetDateTime;
use uuid::Uuid;

use crate::application::ports::{Clock, Ids};

/// The machine's clock and its source of randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

impl Ids for SystemClock {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        rand::random()
    }
}
