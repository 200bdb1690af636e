//! Metrics by OpenTelemetry's messaging conventions, the same for both adapters.

use std::time::Duration;

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram},
};

use crate::Received;

/// Bounds of `messaging.client.operation.duration` in seconds, as the conventions advise.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

/// The instruments of one client.
#[derive(Clone, Debug)]
pub(crate) struct Metrics {
    system: &'static str,
    sent: Counter<u64>,
    consumed: Counter<u64>,
    duration: Histogram<f64>,
}

impl Metrics {
    /// `system` is `messaging.system`.
    pub(crate) fn new(system: &'static str) -> Self {
        let meter = global::meter("bus");
        Self {
            system,
            sent: meter
                .u64_counter("messaging.client.sent.messages")
                .with_unit("{message}")
                .with_description("Messages that a producer tried to send")
                .build(),
            consumed: meter
                .u64_counter("messaging.client.consumed.messages")
                .with_unit("{message}")
                .with_description("Messages that were handed to the application")
                .build(),
            duration: meter
                .f64_histogram("messaging.client.operation.duration")
                .with_unit("s")
                .with_boundaries(SECONDS.to_vec())
                .with_description("How long a send or a commit took")
                .build(),
        }
    }

    /// One call of `publish`: how many were kept and how many failed.
    pub(crate) fn sent(&self, topic: &str, kept: usize, failed: usize, took: Duration) {
        let mut attributes = self.operation("send", "send");
        attributes.push(KeyValue::new(
            "messaging.destination.name",
            topic.to_owned(),
        ));
        if kept > 0 {
            self.sent.add(kept as u64, &attributes);
        }
        if failed > 0 {
            attributes.push(KeyValue::new("error.type", "_OTHER"));
            self.sent.add(failed as u64, &attributes);
        }
        self.duration.record(took.as_secs_f64(), &attributes);
    }

    /// One batch that `receive` returned.
    pub(crate) fn consumed(&self, group: &str, batch: &[Received]) {
        for run in batch.chunk_by(|a, b| a.partition == b.partition && a.topic == b.topic) {
            let mut attributes = self.operation("poll", "receive");
            attributes.extend([
                KeyValue::new("messaging.destination.name", run[0].topic.clone()),
                KeyValue::new(
                    "messaging.destination.partition.id",
                    run[0].partition.to_string(),
                ),
                KeyValue::new("messaging.consumer.group.name", group.to_owned()),
            ]);
            self.consumed.add(run.len() as u64, &attributes);
        }
    }

    /// One commit.
    pub(crate) fn committed(&self, group: &str, took: Duration) {
        let mut attributes = self.operation("commit", "settle");
        let group = group.to_owned();
        attributes.push(KeyValue::new("messaging.consumer.group.name", group));
        self.duration.record(took.as_secs_f64(), &attributes);
    }

    fn operation(&self, name: &'static str, kind: &'static str) -> Vec<KeyValue> {
        vec![
            KeyValue::new("messaging.system", self.system),
            KeyValue::new("messaging.operation.name", name),
            KeyValue::new("messaging.operation.type", kind),
        ]
    }
}
