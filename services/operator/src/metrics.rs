//! What is measured.

use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram};
use opentelemetry::{KeyValue, global};

/// The operator's instruments.
pub(crate) struct Metrics {
    reconciliations: Histogram<f64>,
    steps: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("operator");
        Self {
            reconciliations: meter
                .f64_histogram("chappe.operator.reconcile.duration")
                .with_unit("s")
                .with_description("How long a resource took to be brought in line.")
                .with_boundaries(vec![0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0])
                .build(),
            steps: meter
                .u64_counter("chappe.operator.steps")
                .with_description(
                    "What the operator did: migrations, topics, scaling, drains, bots.",
                )
                .build(),
        }
    }

    pub(crate) fn reconciled(&self, kind: &'static str, outcome: &'static str, took: Duration) {
        let attributes = [
            KeyValue::new("kind", kind),
            KeyValue::new("outcome", outcome),
        ];
        self.reconciliations.record(took.as_secs_f64(), &attributes);
    }

    pub(crate) fn did(&self, step: &'static str) {
        self.steps.add(1, &[KeyValue::new("step", step)]);
    }
}
