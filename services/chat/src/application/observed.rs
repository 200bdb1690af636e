//! Traces and metrics of all use cases, in one place.

use std::fmt;

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram},
};
use runtime::trace;
use tokio::time::Instant;
use tracing::{Instrument, field};

use super::{Context, Error, Handle, Kind, Request};

/// Gives every request a span and counts its outcome and duration.
pub struct Observed<H> {
    inner: H,
    duration: Histogram<f64>,
    failures: Counter<u64>,
}

impl<H> Observed<H> {
    /// Observes `inner`.
    pub fn new(inner: H) -> Self {
        let meter = global::meter("chat");
        Self {
            inner,
            duration: meter
                .f64_histogram("chappe.chat.use_case.duration")
                .with_description("Time to answer a request, by use case and outcome.")
                .with_unit("s")
                .with_boundaries(vec![
                    0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
                ])
                .build(),
            failures: meter
                .u64_counter("chappe.chat.use_case.failures")
                .with_description("Requests that failed through no fault of the caller.")
                .build(),
        }
    }
}

impl<H> fmt::Debug for Observed<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observed")
    }
}

impl<R: Request, H: Handle<R>> Handle<R> for Observed<H> {
    async fn handle(&self, context: &Context, request: &R) -> Result<R::Answer, Error> {
        let began = Instant::now();
        let span = tracing::info_span!("use case", otel.name = R::NAME, outcome = field::Empty);
        let mut context = context.clone();
        context.traceparent = span.in_scope(trace::current_traceparent);
        let answer = self
            .inner
            .handle(&context, request)
            .instrument(span.clone())
            .await;

        let outcome = answer.as_ref().map_or_else(Error::code, |_| "ok");
        span.record("outcome", outcome);
        let labels = [
            KeyValue::new("use_case", R::NAME),
            KeyValue::new("outcome", outcome),
        ];
        self.duration.record(began.elapsed().as_secs_f64(), &labels);
        if let Err(error) = &answer
            && matches!(error.kind(), Kind::Unavailable | Kind::Internal)
        {
            self.failures.add(1, &labels);
            span.in_scope(|| tracing::error!(use_case = R::NAME, %error, "a use case failed"));
        }
        answer
    }
}
