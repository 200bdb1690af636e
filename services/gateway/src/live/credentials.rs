//! What a WebSocket's visitor shows: a one-use ticket or an access token.

use http::HeaderMap;
use proto::notification::RedeemTicketRequest;
use proto::notification::registry_service_client::RegistryServiceClient;

use super::Shared;
use super::upgrade::Visitor;
use crate::auth::{AuthError, bearer};

const TICKET_PREFIX: &str = "ticket.";

pub(super) enum Credentials {
    Nothing,
    Token(String),
    Ticket(String),
}

/// Why nobody is let in.
pub(super) enum Refused {
    Unknown,
    /// Whoever could tell does not answer.
    Unavailable,
}

impl From<AuthError> for Refused {
    fn from(error: AuthError) -> Self {
        match error {
            AuthError::Unavailable => Self::Unavailable,
            AuthError::Missing | AuthError::Expired | AuthError::Invalid => Self::Unknown,
        }
    }
}

impl Credentials {
    /// The ticket among the offered subprotocols, else the `Authorization` header.
    pub(super) fn of(offered: &[&str], headers: &HeaderMap) -> Self {
        let ticket = offered
            .iter()
            .find_map(|offer| offer.strip_prefix(TICKET_PREFIX));
        if let Some(ticket) = ticket {
            return Self::Ticket(ticket.to_owned());
        }
        match bearer(headers) {
            Some(token) => Self::Token(token.to_owned()),
            None => Self::Nothing,
        }
    }

    pub(super) async fn check(self, shared: &Shared) -> Result<Visitor, Refused> {
        match self {
            Self::Nothing => Err(Refused::Unknown),
            Self::Token(token) => {
                let claims = shared.verifier.verify_access(&token).await?;
                Ok(Visitor {
                    user: claims.user_id,
                    expires_at: claims.expires_at,
                })
            }
            Self::Ticket(ticket) => redeem(shared, &ticket).await,
        }
    }
}

async fn redeem(shared: &Shared, ticket: &str) -> Result<Visitor, Refused> {
    let claims = shared.verifier.verify_ticket(ticket).await?;
    let request = RedeemTicketRequest {
        ticket_id: claims.jti.to_string(),
        expires_at: claims.expires_at.unix_timestamp(),
    };
    // Never repeated: where only the answer was lost, the ticket is used, and its owner would be taken
    // for a thief. What reached no replica the channel sends to the next one by itself.
    let mut registry = RegistryServiceClient::new(shared.notification.clone());
    let answer = registry.redeem_ticket(request);
    match answer.await.map(tonic::Response::into_inner) {
        Ok(answer) if answer.first_use => Ok(Visitor {
            user: claims.user_id,
            expires_at: claims.session_expires_at,
        }),
        Ok(_) => Err(Refused::Unknown),
        Err(status) => {
            let reason = status.message();
            tracing::warn!(reason, "a ticket can't be redeemed");
            Err(Refused::Unavailable)
        }
    }
}
