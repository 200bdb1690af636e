//! What every answer carries, and the first check of every request.

use std::sync::Arc;

use axum::extract::{Extension, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, header};

use crate::limits::{ClientAddress, Limits};

/// Names the request in the log: the id of its trace.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Answers of the API are data: nothing of them may be run, shown in a frame or kept.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// The documentation's page comes with its scripts; its styles are partly inline.
const OWN: HeaderValue = HeaderValue::from_static(
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'",
);

/// The web client is files of its own origin, with nothing inline, and never makes script or markup of
/// text.
pub(super) const CLIENT: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'; require-trusted-types-for 'script'",
);

/// Tells browsers to be careful. An answer that says so itself keeps its own policy.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let documentation = request.uri().path().starts_with(super::openapi::PAGE);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = if documentation { OWN } else { NOTHING };
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert(policy);
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Refuses an address that asks too often.
pub(super) async fn within_limits(
    State(limits): State<Arc<Limits>>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
    next: Next,
) -> Response {
    match limits.request(address) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}
