//! What a browser opens a WebSocket with: `/ws-tickets`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use proto::chat::IssueTicketRequest;

use super::Api;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::wire::Ticket;

/// Get a ticket for a WebSocket
///
/// For the subprotocol `ticket.<ticket>`; good for one use. The socket lives as long as the access token that asked.
#[utoipa::path(post, path = "/ws-tickets", tag = "auth", responses((status = 201, body = Ticket)))]
pub(super) async fn issue_ticket(
    State(api): State<Api>,
    caller: Caller,
) -> Result<(StatusCode, Json<Ticket>), Problem> {
    let request = IssueTicketRequest {
        caller_id: caller.id(),
        session_expires_at: caller.0.expires_at.unix_timestamp(),
    };
    let ticket = api.chat.client().issue_ticket(request).await?.into_inner();
    Ok((StatusCode::CREATED, Json(ticket.into())))
}
