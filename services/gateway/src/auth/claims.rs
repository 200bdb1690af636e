//! What verified tokens say.

use serde::Deserialize;
use time::OffsetDateTime;
use uuid::Uuid;

use super::AuthError;
use crate::domain::UserId;

/// What a verified access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Who asks.
    pub user_id: UserId,
    /// Until when the token is valid.
    pub expires_at: OffsetDateTime,
}

/// What a verified ticket says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketClaims {
    /// Which ticket: it is good for one use.
    pub jti: Uuid,
    /// Who asks.
    pub user_id: UserId,
    /// When the session that asked for the ticket ends, and with it the WebSocket.
    pub session_expires_at: OffsetDateTime,
    /// Until when the ticket can be used.
    pub expires_at: OffsetDateTime,
}

#[derive(Deserialize)]
pub(super) struct RawClaims {
    sub: UserId,
    exp: i64,
}

#[derive(Deserialize)]
pub(super) struct RawTicketClaims {
    sub: UserId,
    jti: Uuid,
    exp: i64,
    sexp: i64,
}

impl TryFrom<RawClaims> for Claims {
    type Error = AuthError;

    fn try_from(raw: RawClaims) -> Result<Self, AuthError> {
        Ok(Self {
            user_id: raw.sub,
            expires_at: instant(raw.exp)?,
        })
    }
}

impl TryFrom<RawTicketClaims> for TicketClaims {
    type Error = AuthError;

    fn try_from(raw: RawTicketClaims) -> Result<Self, AuthError> {
        Ok(Self {
            jti: raw.jti,
            user_id: raw.sub,
            session_expires_at: instant(raw.sexp)?,
            expires_at: instant(raw.exp)?,
        })
    }
}

fn instant(seconds: i64) -> Result<OffsetDateTime, AuthError> {
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| AuthError::Invalid)
}
