//! Who asks: access tokens and tickets are signed by chat and verified here with its public keys.

mod caller;
mod claims;
mod keys;
mod verifier;

use http::StatusCode;

pub use caller::Caller;
pub(crate) use caller::bearer;
pub use claims::{Claims, TicketClaims};
pub use verifier::Verifier;

use crate::problem::Problem;

/// Why a token or a ticket lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// Nothing was shown.
    #[error("this needs an access token: `Authorization: Bearer <access_token>`")]
    Missing,
    /// It is over.
    #[error("the token has expired; get a new one with the refresh token")]
    Expired,
    /// It is not one of ours, or not for this.
    #[error("the token is not valid here; log in again")]
    Invalid,
    /// chat, who knows the keys, does not answer.
    #[error("tokens can't be verified at the moment; try again soon")]
    Unavailable,
}

impl AuthError {
    /// The protocol's code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Missing => "not_authenticated",
            Self::Expired => "token_expired",
            Self::Invalid => "bad_token",
            Self::Unavailable => "unavailable",
        }
    }
}

impl From<AuthError> for Problem {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unavailable => Problem::unavailable(),
            _ => Problem::new(StatusCode::UNAUTHORIZED, error.code(), error.to_string()),
        }
    }
}
