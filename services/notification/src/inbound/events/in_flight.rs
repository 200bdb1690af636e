//! Batches that gateways have not all acknowledged yet.

use std::collections::{HashMap, VecDeque};

use bus::Received;
use tracing::Span;

use crate::application::Pending;

/// No more is received while this many batches are under way. With a gateway that acknowledges
/// nothing they are what arrives within the 2 s until it is given up.
const BATCHES: usize = 4_096;

/// …or batches with this many bytes.
const BYTES: usize = 64 * 1024 * 1024;

/// What was handed to the router, in the order of receipt.
#[derive(Default)]
pub(super) struct InFlight {
    batches: VecDeque<Under>,
    bytes: usize,
    /// The last record of each partition up to which everything is done.
    finished: HashMap<(String, i32), Received>,
}

struct Under {
    records: Vec<Received>,
    /// Open until the gateways have acknowledged.
    _spans: Vec<Span>,
    pending: Pending,
    bytes: usize,
}

impl InFlight {
    pub(super) fn push(&mut self, mut records: Vec<Received>, spans: Vec<Span>, pending: Pending) {
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
        self.batches.push_back(Under {
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
            for record in done.records {
                let place = (record.topic.clone(), record.partition);
                self.finished.insert(place, record);
            }
        }
        true
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
