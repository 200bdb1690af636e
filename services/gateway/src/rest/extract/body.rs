//! JSON bodies.

use std::time::Duration;

use axum::extract::{FromRequest, Request};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};

use super::field_error;
use crate::problem::{FieldError, Problem};

/// A message's text has at most 16 KiB, and JSON may write each of its bytes with six.
const LARGEST: usize = 128 * 1024;
/// Beyond this the refusal is not worth waiting for the rest.
const HOPELESS: usize = 1024 * 1024;
/// Who sends slower than this holds a connection for nothing.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body of a request, read as JSON. Unknown fields are ignored.
pub(in crate::rest) struct Body<T>(pub(in crate::rest) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "bad_content_type",
                "the body must be JSON: send `Content-Type: application/json`",
            ));
        }
        let body = tokio::time::timeout(PATIENCE, read(request.into_body()))
            .await
            .map_err(|_| {
                let detail = "the body did not arrive in time";
                Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", detail)
            })??;
        parse(&body).map(Self)
    }
}

/// The whole body. What is too much is read a while longer and thrown away: a connection that is closed
/// while the other side still sends is reset, and the refusal with it.
async fn read(mut body: axum::body::Body) -> Result<Vec<u8>, Problem> {
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| bad_json("the body broke off"))?;
        let Some(data) = frame.data_ref() else {
            continue;
        };
        length += data.len();
        if length <= LARGEST {
            kept.extend_from_slice(data);
        } else if length > HOPELESS {
            break;
        }
    }
    if length > LARGEST {
        let detail = "the body is larger than any request needs to be (128 KiB)";
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            detail,
        ));
    }
    Ok(kept)
}

/// Broken JSON is 400; JSON that does not have the fields that are needed is 422.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // Serde would take an array for an object's fields in order.
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(wrong_field(FieldError::new(
            ".",
            "wrong_type",
            "must be an object",
        )));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        if error.inner().is_data() {
            return wrong_field(field_error(&error));
        }
        bad_json(error.inner().to_string())
    })?;
    json.end().map_err(|error| bad_json(error.to_string()))?;
    Ok(value)
}

fn bad_json(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_json", detail)
}

fn wrong_field(error: FieldError) -> Problem {
    let detail = format!("{}: {}", error.field, error.detail);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail).field(error)
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(value)) = headers
        .get(header::CONTENT_TYPE)
        .map(|value| value.to_str())
    else {
        return false;
    };
    let media_type = value.split(';').next().unwrap_or_default().trim();
    let subtype = media_type
        .split_once('/')
        .filter(|(kind, _)| kind.eq_ignore_ascii_case("application"))
        .map(|(_, subtype)| subtype.to_ascii_lowercase());
    subtype.is_some_and(|subtype| subtype == "json" || subtype.ends_with("+json"))
}

/// For fields where null takes the value away, and an absent field leaves it.
pub(in crate::rest) fn null_as_empty<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(Some(text.unwrap_or_default()))
}
