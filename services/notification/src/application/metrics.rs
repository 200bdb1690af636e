//! What notification counts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::metrics::{Counter, Histogram, Meter};
use opentelemetry::{KeyValue, global};

use super::ports::Lookup;

/// Counters and gauges; clones share them.
#[derive(Clone)]
pub struct Metrics {
    batches: Counter<u64>,
    deliveries: Counter<u64>,
    ack_duration: Histogram<f64>,
    gauges: Arc<Gauges>,
}

#[derive(Default)]
struct Gauges {
    gateways: AtomicU64,
    topics: AtomicU64,
    connections: AtomicU64,
    broadcasting: AtomicU64,
}

impl Metrics {
    /// Instruments of the global meter provider.
    pub fn new() -> Self {
        let meter = global::meter("notification");
        let gauges = Arc::new(Gauges::default());
        observe(
            &meter,
            "chappe.registry.gateways",
            "{gateway}",
            "Gateways whose lease lives",
            &gauges,
            |all| &all.gateways,
        );
        observe(
            &meter,
            "chappe.registry.topics",
            "{topic}",
            "Topics registered, counted once per gateway",
            &gauges,
            |all| &all.topics,
        );
        observe(
            &meter,
            "chappe.registry.connections",
            "{connection}",
            "Connections that gateways reported",
            &gauges,
            |all| &all.connections,
        );
        observe(
            &meter,
            "chappe.router.broadcasting",
            "{state}",
            "1 while every event goes to every known gateway",
            &gauges,
            |all| &all.broadcasting,
        );
        Self {
            batches: meter
                .u64_counter("chappe.router.batches")
                .with_unit("{batch}")
                .with_description("Batches that a gateway acknowledged or that were given up")
                .build(),
            deliveries: meter
                .u64_counter("chappe.router.deliveries")
                .with_unit("{event}")
                .with_description("Events in those batches")
                .build(),
            ack_duration: meter
                .f64_histogram("chappe.router.ack.duration")
                .with_unit("s")
                .with_description("From routing a batch to the gateway's acknowledgement")
                .build(),
            gauges,
        }
    }

    pub(super) fn acknowledged(&self, deliveries: usize, after: Duration) {
        self.ack_duration.record(after.as_secs_f64(), &[]);
        self.count(deliveries, "acknowledged");
    }

    pub(super) fn given_up(&self, deliveries: usize) {
        self.count(deliveries, "given_up");
    }

    pub(super) fn broadcasting(&self, broadcasting: bool) {
        let value = u64::from(broadcasting);
        self.gauges.broadcasting.store(value, Ordering::Relaxed);
    }

    pub(super) fn registry(&self, lookup: &Lookup) {
        let store = |gauge: &AtomicU64, value: u64| gauge.store(value, Ordering::Relaxed);
        let leases = &lookup.leases;
        store(&self.gauges.gateways, leases.len() as u64);
        store(
            &self.gauges.topics,
            leases.iter().map(|lease| lease.topics).sum(),
        );
        let connections = leases
            .iter()
            .map(|lease| u64::from(lease.connections))
            .sum();
        store(&self.gauges.connections, connections);
    }

    fn count(&self, deliveries: usize, outcome: &'static str) {
        let outcome = [KeyValue::new("chappe.outcome", outcome)];
        self.batches.add(1, &outcome);
        self.deliveries.add(deliveries as u64, &outcome);
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn observe(
    meter: &Meter,
    name: &'static str,
    unit: &'static str,
    description: &'static str,
    gauges: &Arc<Gauges>,
    which: fn(&Gauges) -> &AtomicU64,
) {
    let gauges = gauges.clone();
    meter
        .u64_observable_gauge(name)
        .with_unit(unit)
        .with_description(description)
        .with_callback(move |observer| {
            observer.observe(which(&gauges).load(Ordering::Relaxed), &[]);
        })
        .build();
}
