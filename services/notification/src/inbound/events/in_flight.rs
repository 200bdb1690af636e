//! Batches that gateways have not all acknowledged yet.

use std::collections::{HashMap, VecDeque};

use bus::Received;
use opentelemetry::metrics::Histogram;
use opentelemetry::{KeyValue, global};
use proto::topics::CHAT_EVENTS;
use tokio::time::Instant;
use tracing::Span;

use super::GROUP;
use crate::application::Pending;

/// No more is received while this many batches are under way. With a gateway that acknowledges
/// nothing they are what arrives within the 2 s until it is given up.
const BATCHES: usize = 4_096;

/// …or batches with this many bytes.
const BYTES: usize = 64 * 1024 * 1024;

/// What was handed to the router, in the order of receipt.
pub(super) struct InFlight {
    batches: VecDeque<Batch>,
    bytes: usize,
    /// The last record of each partition up to which everything is done.
    finished: HashMap<(String, i32), Received>,
    duration: Histogram<f64>,
}

struct Batch {
    received_at: Instant,
    records: Vec<Received>,
    /// Open until the gateways have acknowledged.
    _spans: Vec<Span>,
    pending: Pending,
    bytes: usize,
}

impl Default for InFlight {
    fn default() -> Self {
        Self {
            batches: VecDeque::new(),
            bytes: 0,
            finished: HashMap::new(),
            duration: global::meter("notification")
                .f64_histogram("messaging.process.duration")
                .with_unit("s")
                .with_description("From the receipt of a batch until all its gateways have it")
                .build(),
        }
    }
}

impl InFlight {
    pub(super) fn push(
        &mut self,
        received_at: Instant,
        mut records: Vec<Received>,
        spans: Vec<Span>,
        pending: Pending,
    ) {
        let bytes = records.iter().map(size).sum();
        // Of every partition the last one counts.
        let mut partitions: HashMap<i32, usize> = HashMap::new();
        for (position, record) in records.iter().enumerate() {
            partitions.insert(record.partition, position);
        }
        let mut position = 0;
        records.retain(|record| {
            position += 1;
            partitions.get(&record.partition) == Some(&(position - 1))
        });
        self.bytes += bytes;
        self.batches.push_back(Batch {
            received_at,
            records,
            _spans: spans,
            pending,
            bytes,
        });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    pub(super) fn has_room(&self) -> bool {
        self.batches.len() < BATCHES && self.bytes < BYTES
    }

    /// Waits until the oldest batch is done; answers whether there was one. Can be cancelled: later
    /// batches may be done before, but are committed only after it.
    pub(super) async fn finish_first(&mut self) -> bool {
        let Some(first) = self.batches.front_mut() else {
            return false;
        };
        first.pending.done().await;
        if let Some(done) = self.batches.pop_front() {
            self.bytes -= done.bytes;
            self.measure(done.received_at);
            for record in done.records {
                let place = (record.topic.clone(), record.partition);
                self.finished.insert(place, record);
            }
        }
        true
    }

    fn measure(&self, received_at: Instant) {
        let attributes = [
            KeyValue::new("messaging.system", "kafka"),
            KeyValue::new("messaging.operation.name", "process"),
            KeyValue::new("messaging.destination.name", CHAT_EVENTS),
            KeyValue::new("messaging.consumer.group.name", GROUP),
        ];
        let duration = received_at.elapsed().as_secs_f64();
        self.duration.record(duration, &attributes);
    }

    pub(super) fn has_finished(&self) -> bool {
        !self.finished.is_empty()
    }

    /// What may be committed.
    pub(super) fn take_finished(&mut self) -> Vec<Received> {
        self.finished.drain().map(|(_, record)| record).collect()
    }

    /// It was not committed; what finished since stays later.
    pub(super) fn give_back(&mut self, records: Vec<Received>) {
        for record in records {
            let place = (record.topic.clone(), record.partition);
            self.finished.entry(place).or_insert(record);
        }
    }
}

fn size(record: &Received) -> usize {
    match &record.record {
        Ok(record) => record.value.len(),
        Err(malformed) => malformed.value.len(),
    }
}
