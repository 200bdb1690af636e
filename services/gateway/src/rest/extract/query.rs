//! Query parameters.

use axum::extract::FromRequestParts;
use http::{StatusCode, request::Parts};
use serde::de::DeserializeOwned;

use super::field_error;
use crate::problem::{FieldError, Problem};

/// The parameters after the `?`. Unknown ones are ignored.
pub(in crate::rest) struct Query<T>(pub(in crate::rest) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs))
            .map(Self)
            .map_err(|error| bad_query(field_error(&error)))
    }
}

/// A parameter that can't be used.
pub(in crate::rest) fn bad_query(error: FieldError) -> Problem {
    let detail = format!("{}: {}", error.field, error.detail);
    Problem::new(StatusCode::BAD_REQUEST, "bad_query", detail).field(error)
}
