//! The way to a WebSocket.

use super::{Application, Context, Error, Handle, Request, ports::Ticket};
use crate::domain::UserId;

/// Signs a short-lived ticket that opens one WebSocket.
#[derive(Debug)]
pub struct IssueTicket {
    /// Who asks.
    pub caller: UserId,
    /// End of the access token that asks, Unix seconds.
    pub session_expires_at: i64,
}

impl Request for IssueTicket {
    type Answer = Ticket;
    const NAME: &'static str = "issue_ticket";
}

impl Handle<IssueTicket> for Application {
    async fn handle(&self, context: &Context, request: &IssueTicket) -> Result<Ticket, Error> {
        let id = context.id();
        Ok(self
            .tokens
            .ticket(request.caller, request.session_expires_at, context.now, id))
    }
}
