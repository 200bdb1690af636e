//! What lets somebody in.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Malformed, User, required};

/// Somebody who is signed in. Without `Debug`: tokens are not for logs.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// Who.
    pub user: User,
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Gets the next session, once.
    pub refresh_token: String,
    /// Seconds until the access token ends.
    #[schema(example = 900)]
    pub expires_in: i64,
}

/// Opens one WebSocket, once.
#[derive(Serialize, ToSchema)]
pub struct Ticket {
    /// For the subprotocol `ticket.<ticket>`.
    pub ticket: String,
    /// Seconds until it is void.
    #[schema(example = 30)]
    pub expires_in: i64,
}

impl TryFrom<proto::chat::Session> for Session {
    type Error = Malformed;

    fn try_from(session: proto::chat::Session) -> Result<Self, Malformed> {
        Ok(Self {
            user: required(session.user, "session.user")?.try_into()?,
            access_token: session.access_token,
            refresh_token: session.refresh_token,
            expires_in: session.expires_in,
        })
    }
}

impl From<proto::chat::Ticket> for Ticket {
    fn from(ticket: proto::chat::Ticket) -> Self {
        Self {
            ticket: ticket.ticket,
            expires_in: ticket.expires_in,
        }
    }
}
