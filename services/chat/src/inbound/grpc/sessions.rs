//! Sessions and tickets.

use proto::chat as v1;
use secrecy::ExposeSecret;

use super::fields::caller;
use crate::{
    application::{
        Session, issue_ticket::IssueTicket, log_in::LogIn, log_out::LogOut, ports::Ticket,
        refresh_session::RefreshSession, register::Register,
    },
    domain::Invalid,
};

impl TryFrom<v1::RegisterRequest> for Register {
    type Error = Invalid;

    fn try_from(request: v1::RegisterRequest) -> Result<Self, Invalid> {
        Ok(Self {
            username: request.username.parse()?,
            password: request.password.into(),
            display_name: request.display_name.map(|name| name.parse()).transpose()?,
        })
    }
}

impl TryFrom<v1::LogInRequest> for LogIn {
    type Error = Invalid;

    fn try_from(request: v1::LogInRequest) -> Result<Self, Invalid> {
        Ok(Self {
            username: request.username,
            password: request.password.into(),
        })
    }
}

impl TryFrom<v1::RefreshRequest> for RefreshSession {
    type Error = Invalid;

    fn try_from(request: v1::RefreshRequest) -> Result<Self, Invalid> {
        Ok(Self {
            refresh_token: request.refresh_token.into(),
        })
    }
}

impl TryFrom<v1::LogOutRequest> for LogOut {
    type Error = Invalid;

    fn try_from(request: v1::LogOutRequest) -> Result<Self, Invalid> {
        Ok(Self {
            refresh_token: request.refresh_token.into(),
        })
    }
}

impl TryFrom<v1::IssueTicketRequest> for IssueTicket {
    type Error = Invalid;

    fn try_from(request: v1::IssueTicketRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            session_expires_at: request.session_expires_at,
        })
    }
}

impl From<Session> for v1::Session {
    fn from(session: Session) -> Self {
        Self {
            user: Some(session.user.into()),
            access_token: session.access_token.expose_secret().to_owned(),
            refresh_token: session.refresh_token.expose_secret().to_owned(),
            expires_in: seconds(session.expires_in),
        }
    }
}

impl From<Ticket> for v1::Ticket {
    fn from(ticket: Ticket) -> Self {
        Self {
            ticket: ticket.ticket.expose_secret().to_owned(),
            expires_in: seconds(ticket.expires_in),
        }
    }
}

fn seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
