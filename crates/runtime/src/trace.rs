//! Trace context where no library carries it: outbox rows, records, frames.
//!
//! The text form is W3C's `traceparent`, version 00.

use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The `traceparent` of the current span; `None` outside of any.
pub fn current_traceparent() -> Option<String> {
    traceparent(&Span::current())
}

/// The `traceparent` of a span; `None` when it is disabled or telemetry is not set up.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| format(span))
}

/// The id of the trace that the span belongs to, 32 hex digits; `None` where there is no traceparent.
pub fn trace_id(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// The id of the trace that the current span belongs to, in hexadecimal; `None` outside of any.
pub fn current_trace_id() -> Option<String> {
    let context = Span::current().context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| span.trace_id().to_string())
}

/// Makes the span a child of a remote one. To be called before the span is entered; an invalid
/// `traceparent` is ignored.
pub fn set_parent(span: &Span, traceparent: &str) {
    make_child(span, traceparent, &Context::new());
}

/// Makes the span a child of one of a client that nobody vouches for: the ids are kept, but whether
/// the trace is exported is our own decision.
pub fn set_public_parent(span: &Span, traceparent: &str) {
    make_child(span, traceparent, &Context::new().with_value(Public));
}

fn make_child(span: &Span, traceparent: &str, context: &Context) {
    if let Some(parent) = parse(traceparent) {
        // It fails for a disabled span and without telemetry: then there is nothing to connect.
        let _ = span.set_parent(context.with_remote_span_context(parent));
    }
}

/// Marks a context whose remote span is a public client's.
struct Public;

/// Whether the parent in this context is a public client's. The mark goes on to the contexts of all
/// spans beneath, whose parents are ours.
pub(crate) fn has_public_parent(context: &Context) -> bool {
    context.get::<Public>().is_some() && context.span().span_context().is_remote()
}

/// Links the span with a remote one; an invalid `traceparent` is ignored.
pub fn add_link(span: &Span, traceparent: &str) {
    if let Some(linked) = parse(traceparent) {
        span.add_link(linked);
    }
}

fn format(span: &SpanContext) -> String {
    format!(
        "00-{:032x}-{:016x}-{:02x}",
        span.trace_id(),
        span.span_id(),
        span.trace_flags() & TraceFlags::SAMPLED
    )
}

fn parse(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.trim().split('-');
    let (version, trace, span, flags) =
        (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let lower_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    // Later versions may have more parts; the first one has none, and ff is forbidden.
    if !lower_hex(version, 2) || version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    if !lower_hex(trace, 32) || !lower_hex(span, 16) || !lower_hex(flags, 2) {
        return None;
    }
    let context = SpanContext::new(
        TraceId::from_hex(trace).ok()?,
        SpanId::from_hex(span).ok()?,
        TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED,
        true,
        TraceState::NONE,
    );
    context.is_valid().then_some(context)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_traceparent_is_written_as_it_was_read() {
        assert_eq!(
            parse(EXAMPLE).map(|span| format(&span)).as_deref(),
            Some(EXAMPLE)
        );
    }

    #[test]
    fn what_is_not_a_traceparent_is_ignored() {
        for text in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-é-00f067aa0ba902b7-01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
