use std::time::Duration;

use secrecy::SecretString;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::{FamilyId, UserId};

/// Signs what gateways verify without asking.
pub trait Tokens: Send + Sync {
    /// A short-lived access token of this log-in; `id` becomes its `jti`.
    fn access_token(
        &self,
        user: UserId,
        family: FamilyId,
        now: OffsetDateTime,
        id: Uuid,
    ) -> AccessToken;

    /// A ticket that opens one WebSocket, which then lives until `session_expires_at` (Unix seconds)
    /// unless refreshed; `id` becomes its `jti`.
    fn ticket(
        &self,
        user: UserId,
        session_expires_at: i64,
        now: OffsetDateTime,
        id: Uuid,
    ) -> Ticket;

    /// The public keys as a JWK set.
    fn jwks(&self) -> String;

    /// The `iss` of all tokens.
    fn issuer(&self) -> &str;
}

/// A signed access token.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// The JWT.
    pub token: SecretString,
    /// How long it is valid.
    pub expires_in: Duration,
}

/// A signed WebSocket ticket.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The JWT.
    pub ticket: SecretString,
    /// How long it is valid.
    pub expires_in: Duration,
}
