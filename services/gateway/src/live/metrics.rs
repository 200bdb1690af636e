//! What the live side measures.

use opentelemetry::KeyValue;
use opentelemetry::global;
use opentelemetry::metrics::{Counter, Gauge, Histogram, UpDownCounter};

use super::frames::CloseCode;

pub(crate) struct Metrics {
    connections: UpDownCounter<i64>,
    durations: Histogram<f64>,
    deliveries: Histogram<f64>,
    queued: Gauge<u64>,
    slow_readers: Counter<u64>,
    gaps: Counter<u64>,
    resets: Counter<u64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let meter = global::meter("gateway");
        Self {
            connections: meter
                .i64_up_down_counter("chappe.gateway.connections")
                .with_description("WebSockets that are open")
                .with_unit("{connection}")
                .build(),
            durations: meter
                .f64_histogram("chappe.gateway.connection.duration")
                .with_description("how long WebSockets stay open")
                .with_unit("s")
                .with_boundaries(vec![1.0, 10.0, 60.0, 600.0, 3600.0, 21_600.0, 86_400.0])
                .build(),
            deliveries: meter
                .f64_histogram("chappe.delivery.duration")
                .with_description("from an event's commit to the queues of its connections")
                .with_unit("s")
                .build(),
            queued: meter
                .u64_gauge("chappe.gateway.queued")
                .with_description("bytes that wait for readers")
                .with_unit("By")
                .build(),
            slow_readers: meter
                .u64_counter("chappe.gateway.slow_readers")
                .with_description("connections closed because they did not read")
                .with_unit("{connection}")
                .build(),
            gaps: meter
                .u64_counter("chappe.gateway.gaps")
                .with_description("gaps of room feeds that were filled from chat")
                .with_unit("{gap}")
                .build(),
            resets: meter
                .u64_counter("chappe.gateway.feed_resets")
                .with_description("times that all feeds began anew, with another epoch")
                .with_unit("{reset}")
                .build(),
        }
    }

    pub(crate) fn connected(&self) {
        self.connections.add(1, &[]);
    }

    pub(crate) fn disconnected(&self) {
        self.connections.add(-1, &[]);
    }

    /// A connection ended after so many seconds.
    pub(crate) fn ended(&self, seconds: f64, code: Option<CloseCode>) {
        let code = code.map_or(0, |code| i64::from(code.number()));
        self.durations
            .record(seconds, &[KeyValue::new("chappe.close.code", code)]);
        if code == i64::from(CloseCode::SlowReader.number()) {
            self.slow_readers.add(1, &[]);
        }
    }

    /// An event is in its connections' queues, so many seconds after its commit.
    pub(crate) fn delivered(&self, seconds: f64) {
        self.deliveries.record(seconds.max(0.0), &[]);
    }

    /// So many bytes wait for readers.
    pub(crate) fn queued(&self, bytes: usize) {
        self.queued.record(bytes as u64, &[]);
    }

    pub(crate) fn gap(&self) {
        self.gaps.add(1, &[]);
    }

    pub(crate) fn reset(&self) {
        self.resets.add(1, &[]);
    }
}
