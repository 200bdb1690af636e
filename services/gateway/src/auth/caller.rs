//! The person on whose behalf a request is made.

use std::sync::Arc;

use axum::extract::{FromRef, FromRequestParts};
use http::{HeaderMap, header, request::Parts};

use super::{AuthError, Claims, Verifier};
use crate::limits::Limits;
use crate::problem::Problem;

/// Who asks, by a valid access token and within what one person may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub Claims);

impl Caller {
    /// The person's id as chat wants it.
    pub(crate) fn id(&self) -> String {
        self.0.user_id.to_string()
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Verifier>: FromRef<S>,
    Arc<Limits>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(&parts.headers).ok_or(AuthError::Missing)?;
        let claims = Arc::<Verifier>::from_ref(state)
            .verify_access(token)
            .await?;
        Arc::<Limits>::from_ref(state).person(claims.user_id)?;
        Ok(Self(claims))
    }
}

/// The token of `Authorization: Bearer <token>`.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
