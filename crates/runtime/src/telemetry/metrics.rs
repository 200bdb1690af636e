//! Metrics: one set of instruments, read by Prometheus and pushed over OTLP.

use std::sync::OnceLock;

use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    metrics::{Aggregation, Instrument, InstrumentKind, SdkMeterProvider, Stream},
};
use prometheus::{Registry, TextEncoder};

use super::Error;

static REGISTRY: OnceLock<Registry> = OnceLock::new();

/// OpenTelemetry's advice for durations in seconds, with finer steps below 5 ms, where most of ours are.
const SECONDS: [f64; 17] = [
    0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5,
    5.0, 10.0,
];

pub(super) fn provider(
    resource: Resource,
    endpoint: Option<&str>,
) -> Result<SdkMeterProvider, Error> {
    let registry = REGISTRY.get_or_init(Registry::new);
    let prometheus = opentelemetry_prometheus::exporter()
        .with_registry(registry.clone())
        .build()
        .map_err(|error| Error::Metrics(error.to_string()))?;
    let mut builder = SdkMeterProvider::builder()
        .with_resource(resource)
        .with_view(durations)
        .with_reader(prometheus);
    if let Some(endpoint) = endpoint {
        let exporter = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()?;
        builder = builder.with_periodic_exporter(exporter);
    }
    Ok(builder.build())
}

/// Without it durations would fall into buckets made for milliseconds.
fn durations(instrument: &Instrument) -> Option<Stream> {
    if instrument.kind() != InstrumentKind::Histogram || instrument.unit() != "s" {
        return None;
    }
    Stream::builder()
        .with_aggregation(Aggregation::ExplicitBucketHistogram {
            boundaries: SECONDS.to_vec(),
            record_min_max: false,
        })
        .build()
        .ok()
}

/// All metrics in Prometheus' text format; empty before [`super::init`].
pub fn metrics_text() -> String {
    let Some(registry) = REGISTRY.get() else {
        return String::new();
    };
    let mut text = String::new();
    if let Err(error) = TextEncoder::new().encode_utf8(&registry.gather(), &mut text) {
        tracing::warn!(%error, "metrics can't be written");
    }
    text
}
