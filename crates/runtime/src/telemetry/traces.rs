//! Spans: ids always, export where there is an endpoint.

use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider},
};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

/// Some thousand messages a second make several spans each; beyond this they are dropped, not waited for.
const QUEUE: usize = 32_768;
const BATCH: usize = 2_048;
const DELAY: Duration = Duration::from_millis(500);

pub(super) fn provider(
    resource: Resource,
    endpoint: Option<&str>,
    ratio: f64,
) -> Result<SdkTracerProvider, ExporterBuildError> {
    let builder = SdkTracerProvider::builder().with_resource(resource);
    let Some(endpoint) = endpoint else {
        // Nobody reads the spans: they get ids, and record nothing.
        return Ok(builder.with_sampler(Sampler::AlwaysOff).build());
    };
    let exporter = SpanExporter::builder()
        .with_tonic()
        .with_endpoint(endpoint)
        .build()?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(QUEUE)
        .with_max_export_batch_size(BATCH)
        .with_scheduled_delay(DELAY)
        .build();
    Ok(builder
        .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(
            ratio,
        ))))
        .with_span_processor(
            BatchSpanProcessor::builder(exporter)
                .with_batch_config(batches)
                .build(),
        )
        .build())
}

/// Spans down to INFO, with the warnings and errors logged in them.
pub(super) fn layer<S>(
    provider: &SdkTracerProvider,
    service: &'static str,
) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(service))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_target(false)
        .with_filter(filter_fn(|metadata| {
            let least = if metadata.is_span() {
                Level::INFO
            } else {
                Level::WARN
            };
            *metadata.level() <= least
        }))
}
