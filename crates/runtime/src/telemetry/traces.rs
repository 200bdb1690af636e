//! Spans: ids always, export where there is an endpoint.

use std::{
    hash::{BuildHasher, RandomState},
    time::Duration,
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Link, SpanKind, TraceId, TracerProvider},
};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{
        BatchConfigBuilder, BatchSpanProcessor, Sampler, SamplingResult, SdkTracerProvider,
        ShouldSample,
    },
};
use tracing::{Level, Subscriber};
use tracing_subscriber::{Layer, filter::filter_fn, registry::LookupSpan};

use crate::trace;

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
        .with_sampler(OwnDecision::new(ratio))
        .with_span_processor(
            BatchSpanProcessor::builder(exporter)
                .with_batch_config(batches)
                .build(),
        )
        .build())
}

/// Exports this share of traces. The decision is made where a trace comes in and kept by all that are
/// called from there; what a public client decided for itself counts for nothing.
#[derive(Clone, Debug)]
struct OwnDecision {
    share: Sampler,
    kept: Sampler,
    /// Clients choose the ids of their traces. What becomes of one under a secret they can't choose.
    secret: RandomState,
}

impl OwnDecision {
    fn new(ratio: f64) -> Self {
        let share = Sampler::TraceIdRatioBased(ratio);
        Self {
            kept: Sampler::ParentBased(Box::new(share.clone())),
            share,
            secret: RandomState::new(),
        }
    }

    fn unforeseeable(&self, id: TraceId) -> TraceId {
        TraceId::from(u128::from(self.secret.hash_one(id)))
    }
}

impl ShouldSample for OwnDecision {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        if parent.is_some_and(trace::has_public_parent) {
            let id = self.unforeseeable(id);
            let share = &self.share;
            share.should_sample(None, id, name, kind, attributes, links)
        } else {
            let kept = &self.kept;
            kept.should_sample(parent, id, name, kind, attributes, links)
        }
    }
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

#[cfg(test)]
mod tests {
    use opentelemetry_sdk::trace::SamplingDecision;
    use tracing::Span;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    const CLIENTS: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    /// What `traceparent` a span has with this share of traces, and one beneath it, when `connect` has
    /// given it its parent.
    fn traceparents(ratio: f64, connect: impl Fn(&Span)) -> [String; 2] {
        let provider = SdkTracerProvider::builder()
            .with_sampler(OwnDecision::new(ratio))
            .build();
        let subscriber = tracing_subscriber::registry().with(layer(&provider, "example"));
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::info_span!("send");
            connect(&span);
            let _entered = span.enter();
            let beneath = tracing::info_span!("beneath");
            [&span, &beneath].map(|span| trace::traceparent(span).unwrap())
        })
    }

    fn assert_sampled(ratio: f64, connect: impl Fn(&Span), expected: bool) {
        for traceparent in traceparents(ratio, connect) {
            assert_eq!(traceparent[3..35], CLIENTS[3..35], "the trace goes on");
            assert_eq!(traceparent.ends_with("-01"), expected, "{traceparent}");
        }
    }

    #[test]
    fn a_public_client_does_not_decide_what_is_exported() {
        for flags in ["00", "01"] {
            let traceparent = format!("{CLIENTS}-{flags}");
            let connect = |span: &Span| trace::set_public_parent(span, &traceparent);
            assert_sampled(0.0, connect, false);
            assert_sampled(1.0, connect, true);
        }
    }

    #[test]
    fn a_caller_within_keeps_what_it_decided() {
        for (flags, ratio, sampled) in [("01", 0.0, true), ("00", 1.0, false)] {
            let traceparent = format!("{CLIENTS}-{flags}");
            let connect = |span: &Span| trace::set_parent(span, &traceparent);
            assert_sampled(ratio, connect, sampled);
        }
    }

    #[test]
    fn no_trace_id_is_sure_to_be_exported() {
        let ours = OwnDecision::new(0.5);
        let sampled = (1..=1_000_u128)
            .map(|number| number << 64)
            .filter(|number| {
                let id = ours.unforeseeable(TraceId::from(*number));
                let share = &ours.share;
                let result = share.should_sample(None, id, "", &SpanKind::Server, &[], &[]);
                result.decision == SamplingDecision::RecordAndSample
            })
            .count();
        assert!((350..650).contains(&sampled), "{sampled} of 1,000");
    }
}
