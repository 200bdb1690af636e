//! Ids in paths.

use axum::extract::FromRequestParts;
use axum::extract::rejection::PathRejection;
use http::StatusCode;

use crate::problem::Problem;

/// The ids in the path.
#[derive(FromRequestParts)]
#[from_request(via(axum::extract::Path), rejection(Problem))]
pub(in crate::rest) struct Path<T>(pub(in crate::rest) T);

impl From<PathRejection> for Problem {
    fn from(_: PathRejection) -> Self {
        let detail = "an id in the path is not a UUID";
        Problem::new(StatusCode::BAD_REQUEST, "bad_id", detail)
    }
}
