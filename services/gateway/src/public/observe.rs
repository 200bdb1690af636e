//! One span and one measurement per request, named after OpenTelemetry's HTTP conventions.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderValue, Method};
use opentelemetry::KeyValue;
use opentelemetry::metrics::Histogram;
use tokio::time::Instant;
use tracing::{Instrument, Span, field::Empty};

use super::headers::REQUEST_ID;

/// The instruments.
#[derive(Clone)]
pub(super) struct Observed {
    duration: Histogram<f64>,
}

impl Observed {
    pub(super) fn new() -> Self {
        let meter = opentelemetry::global::meter("gateway");
        Self {
            duration: meter
                .f64_histogram("http.server.request.duration")
                .with_unit("s")
                .with_description("Duration of HTTP requests")
                .build(),
        }
    }
}

pub(super) async fn observe(
    State(observed): State<Observed>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let method = known(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    let span = span(&request, method, route);
    let mut response = next.run(request).instrument(span.clone()).await;

    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    let mut attributes = vec![
        KeyValue::new("http.request.method", method),
        KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
        KeyValue::new("url.scheme", "http"),
    ];
    if let Some(route) = route {
        attributes.push(KeyValue::new("http.route", route.to_owned()));
    }
    if status.is_server_error() {
        span.record("error.type", status.as_str());
        span.record("otel.status_code", "ERROR");
        attributes.push(KeyValue::new("error.type", status.as_str().to_owned()));
    }
    observed
        .duration
        .record(begun.elapsed().as_secs_f64(), &attributes);
    if let Some(id) = runtime::trace::trace_id(&span).and_then(|id| HeaderValue::try_from(id).ok())
    {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

fn span(request: &Request, method: &'static str, route: Option<&str>) -> Span {
    let name = route.map_or_else(|| method.to_owned(), |route| format!("{method} {route}"));
    let span = tracing::info_span!(
        "http",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.path = request.uri().path(),
        url.scheme = "http",
        error.type = Empty,
    );
    let parent = request.headers().get("traceparent");
    if let Some(parent) = parent.and_then(|value| value.to_str().ok()) {
        runtime::trace::set_public_parent(&span, parent);
    }
    span
}

/// A caller's own methods must not make series without end.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
