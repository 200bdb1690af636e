//! The REST calls of the public protocol: one file per resource. A call turns JSON into one call of
//! chat, and chat's answer into JSON; what is allowed, chat decides.

mod auth;
mod events;
mod extract;
mod me;
mod members;
mod messages;
mod page;
mod rooms;
mod tickets;
mod users;

use std::sync::Arc;

use axum::extract::FromRef;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::auth::Verifier;
use crate::chat::Chat;
use crate::limits::Limits;

/// Where the calls are mounted.
pub(crate) const BASE: &str = "/api/v1";

/// What the calls need.
#[derive(Clone, FromRef)]
pub(crate) struct Api {
    pub(crate) chat: Chat,
    pub(crate) verifier: Arc<Verifier>,
    pub(crate) limits: Arc<Limits>,
}

/// All calls, with their documentation.
pub(crate) fn routes() -> OpenApiRouter<Api> {
    let calls = OpenApiRouter::new()
        .routes(routes!(auth::register))
        .routes(routes!(auth::log_in))
        .routes(routes!(auth::refresh))
        .routes(routes!(auth::log_out))
        .routes(routes!(tickets::issue_ticket))
        .routes(routes!(me::get_me, me::update_me))
        .routes(routes!(users::search_users))
        .routes(routes!(users::get_user))
        .routes(routes!(rooms::create_room, rooms::list_rooms))
        .routes(routes!(rooms::open_direct_room))
        .routes(routes!(rooms::list_public_rooms))
        .routes(routes!(
            rooms::get_room,
            rooms::update_room,
            rooms::delete_room
        ))
        .routes(routes!(rooms::join_room))
        .routes(routes!(rooms::leave_room))
        .routes(routes!(members::list_members))
        .routes(routes!(members::put_member, members::remove_member))
        .routes(routes!(messages::read_history, messages::send_message))
        .routes(routes!(messages::get_message))
        .routes(routes!(messages::mark_read))
        .routes(routes!(events::list_events));
    OpenApiRouter::new().nest(BASE, calls)
}
