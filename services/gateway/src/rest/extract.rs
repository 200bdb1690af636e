//! Requests as typed values; what does not fit is a [`crate::problem::Problem`].

mod body;
mod path;
mod query;

pub(super) use body::{Body, null_as_empty};
pub(super) use path::Path;
pub(super) use query::{Query, bad_query};

use crate::problem::FieldError;

/// Serde's complaint about one place of an input.
fn field_error<E: std::error::Error>(error: &serde_path_to_error::Error<E>) -> FieldError {
    let detail = error.inner().to_string();
    let place = error.path().to_string();
    // Serde tells the name of a missing field only in words.
    let missing = detail
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split('`').next());
    match missing {
        Some(name) if place == "." => FieldError::new(name.to_owned(), "missing", "is required"),
        Some(name) => FieldError::new(format!("{place}.{name}"), "missing", "is required"),
        None => FieldError::new(place, "wrong_type", detail),
    }
}
