//! The outbox relay: carries committed facts to the event log.
//!
//! ```text
//!            keeper ── claims, gives up ──▶ ┌────────┐
//!                                           │ shards │ owned, busy, resting
//! outbox ── pending rows ──▶ dispatcher ◀──▶└────────┘
//!    ▲                          │  a shard in one send at a time
//!    └── acknowledged prefixes ─┴──────▶ event log
//! ```
//!
//! Invariant: of each key, the first copies of its rows stand in the log in the order of their
//! positions, without a gap, whatever fails. It holds because
//! - a shard has one send in flight at a time here, which begins with the first *pending* row of each
//!   key: never a cursor, which would skip rows that were committed late;
//! - the publisher fails whatever follows a failed record of the same key;
//! - of each key only the prefix that was acknowledged is removed, after the acknowledgement. Whatever
//!   is killed in between leaves rows that are sent again: copies, which consumers drop;
//! - an owner that lost its claim without knowing still sends in order from the first row that was
//!   pending when it read. The new owner does the same, so whichever copy of a row comes first comes
//!   after a copy of the row before it.
//!
//! One room's failure holds back that room alone: its key rests for a moment and is left out when
//! its shard is read. While the log is away nothing is lost or skipped; rows wait in the outbox.

mod dispatcher;
mod keeper;
mod metrics;
mod patience;
mod prefix;
mod sending;
mod shards;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bus::Publisher;
use tokio_util::sync::CancellationToken;

use self::{dispatcher::Dispatcher, keeper::Keeper, shards::Shards};
use crate::application::ports::{Clock, Outbox};

/// Carries rows of the outbox to the event log until it is told to stop.
pub struct Relay {
    outbox: Arc<dyn Outbox>,
    publisher: Arc<dyn Publisher>,
    clock: Arc<dyn Clock>,
}

impl Relay {
    /// Between this outbox and this log.
    pub fn new(
        outbox: Arc<dyn Outbox>,
        publisher: Arc<dyn Publisher>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            outbox,
            publisher,
            clock,
        }
    }

    /// Works until `stop`, then lets what is in flight finish and leaves its shards to others.
    pub async fn run(self, stop: CancellationToken) {
        let shards = Arc::new(Shards::none());
        let keeper = Keeper::new(Arc::clone(&self.outbox), Arc::clone(&shards));
        let claimed = keeper.claimed();
        let dispatcher = Dispatcher::new(Arc::clone(&self.outbox), self.publisher, shards, claimed);
        tokio::select! {
            () = dispatcher.run(stop) => {}
            () = keeper.run() => {}
            () = metrics::watch(self.outbox, self.clock) => {}
        }
    }
}
