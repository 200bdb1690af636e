//! The public side as one router: REST, WebSocket, documentation, the web client, and what is true of
//! every answer.

mod headers;
mod observe;
mod openapi;
mod web;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Extension, Request, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::limits::{ClientAddress, Limits};
use crate::problem::Problem;
use crate::rest::Api;
use observe::Observed;
use web::Web;

pub use openapi::document;

/// How long browsers may remember what other origins are allowed.
const CORS_AGE: Duration = Duration::from_hours(1);

/// Everything under the public address. `live` has the WebSocket's route.
pub(crate) fn router(api: Api, live: Router, origins: &[HeaderValue]) -> Router {
    let limits = api.limits.clone();
    let (rest, document) = openapi::documented(crate::rest::routes()).split_for_parts();
    Router::new()
        .merge(rest.with_state(api))
        .merge(live)
        .merge(openapi::pages(document))
        .method_not_allowed_fallback(no_such_method)
        .layer(from_fn_with_state(limits.clone(), headers::within_limits))
        .fallback_service(any(web_client).with_state((Web::embedded(), limits)))
        .layer(cors(origins))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(headers::secure))
        .layer(from_fn_with_state(Observed::new(), observe::observe))
}

/// Its files are not counted: they come from memory, and the first page of each of many people behind
/// one address is dozens of them.
async fn web_client(
    State((web, limits)): State<(Web, Arc<Limits>)>,
    Extension(address): Extension<ClientAddress>,
    request: Request,
) -> Result<Response, Problem> {
    if let Some(response) = web.answer(&request) {
        return Ok(response);
    }
    limits.request(address)?;
    let detail = "there is nothing at this path; /docs lists what there is";
    Err(Problem::not_found(detail))
}

async fn no_such_method() -> Problem {
    let detail = "this path does not know this method; /docs lists what there is";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal().into_response()
}

/// Browsers let pages of these origins use the API; pages of its own origin need no permission.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.iter().cloned()))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            HeaderName::from_static("traceparent"),
        ])
        .expose_headers([header::RETRY_AFTER, headers::REQUEST_ID])
        .max_age(CORS_AGE)
}
