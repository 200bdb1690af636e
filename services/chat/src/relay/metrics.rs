//! How much waits in the outbox, and how much has left it.

use std::{sync::Arc, time::Duration};

use opentelemetry::{
    global,
    metrics::{Counter, Histogram},
};
use time::OffsetDateTime;
use tokio::time::{MissedTickBehavior, interval};

use crate::application::ports::{Clock, Outbox};

/// The outbox is counted so often: it costs a scan of what is pending.
const PERIOD: Duration = Duration::from_secs(5);

/// What the dispatcher counts.
pub(super) struct Relayed {
    relayed: Counter<u64>,
    rows: Histogram<u64>,
}

impl Relayed {
    pub(super) fn new() -> Self {
        let meter = global::meter("chat");
        Self {
            relayed: meter
                .u64_counter("chappe.outbox.relayed")
                .with_description("Facts that the event log acknowledged.")
                .build(),
            rows: meter
                .u64_histogram("chappe.outbox.send.rows")
                .with_description("Facts per send of a shard.")
                .with_boundaries(vec![1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0])
                .build(),
        }
    }

    pub(super) fn sent(&self, rows: usize, acknowledged: usize) {
        self.rows.record(rows as u64, &[]);
        self.relayed.add(acknowledged as u64, &[]);
    }
}

/// Reports what is pending. Never ends.
pub(super) async fn watch(outbox: Arc<dyn Outbox>, clock: Arc<dyn Clock>) {
    let meter = global::meter("chat");
    let pending = meter
        .u64_gauge("chappe.outbox.pending")
        .with_description("Facts that are committed and not yet published, of all shards.")
        .build();
    let oldest = meter
        .f64_gauge("chappe.outbox.oldest.age")
        .with_description("Age of the oldest fact that is not yet published; 0 without any.")
        .with_unit("s")
        .build();
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match outbox.backlog().await {
            Ok(backlog) => {
                let age = |at: OffsetDateTime| (clock.now() - at).as_seconds_f64().max(0.0);
                pending.record(backlog.rows, &[]);
                oldest.record(backlog.oldest.map_or(0.0, age), &[]);
            }
            Err(error) => tracing::debug!(%error, "could not count the outbox"),
        }
    }
}
