//! Messages: sending, reading back, and how far one has read.

mod history;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use proto::chat::{GetMessageRequest, MarkReadRequest, SendMessageRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Api;
use super::extract::{Body, Path};
use crate::auth::Caller;
use crate::chat::in_room;
use crate::domain::{Count, MessageId, RoomId};
use crate::problem::{FieldError, Problem};
use crate::wire::{Malformed, Message};

pub(super) use history::*;

/// A new message.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "id": "01936b2e-7c01-7000-8000-000000000001", "body": "Good morning" }))]
pub(super) struct SendMessage {
    /// A `UUIDv7`, made by the sender and kept for repetitions.
    id: MessageId,
    /// 1–10,000 characters, at most 16 KiB; no control characters but newline and tab.
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    /// The message of the same room that it answers.
    reply_to: Option<MessageId>,
    /// Not in this version: only an empty list is accepted.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 0, required = false)]
    attachments: Vec<serde_json::Value>,
}

/// A message, and who has seen it.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageWithReaders {
    /// The message.
    #[serde(flatten)]
    message: Message,
    /// How many other members have read it.
    #[schema(example = 2)]
    read_by: i32,
}

/// How far one has read.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "n": 42 }))]
pub(super) struct MarkRead {
    /// The `n` of the last message that was read.
    n: Count,
}

/// Send a message
///
/// Repeat it with the same id until it is answered: the first result is the answer, for ever.
#[utoipa::path(
    post, path = "/rooms/{room_id}/messages", tag = "messages", params(("room_id" = RoomId, Path)),
    request_body = SendMessage,
    responses(
        (status = 201, description = "The new message", body = Message),
        (status = 200, description = "The same id was sent before: its message", body = Message),
        (status = 403, description = "`forbidden`: by role; `not_a_member`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`id_taken`: another person's message has this id"),
        (status = 422, description = "`invalid`: `errors` names the fields; `unsupported`: this version has no attachments"),
    )
)]
pub(super) async fn send_message(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Body(new): Body<SendMessage>,
) -> Result<(StatusCode, Json<Message>), Problem> {
    if !new.attachments.is_empty() {
        return Err(no_attachments());
    }
    let request = SendMessageRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        message_id: new.id.to_string(),
        body: new.body,
        reply_to: new.reply_to.map(|id| id.to_string()),
    };
    let sent = api
        .chat
        .client()
        .send_message(in_room(room, request))
        .await?;
    let sent = sent.into_inner();
    let message = sent.message.ok_or(Malformed("message"))?;
    let status = if sent.duplicate {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(message.try_into()?)))
}

/// A message without what its sender attached would say something else.
fn no_attachments() -> Problem {
    let detail = "this server has no attachments";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unsupported", detail).field(FieldError::new(
        "attachments",
        "unsupported",
        detail,
    ))
}

/// Get a message
#[utoipa::path(get, path = "/messages/{message_id}", tag = "messages", params(("message_id" = MessageId, Path)), responses(
    (status = 200, body = MessageWithReaders),
    (status = 404, description = "`not_found`"),
))]
pub(super) async fn get_message(
    State(api): State<Api>,
    caller: Caller,
    Path(message): Path<MessageId>,
) -> Result<Json<MessageWithReaders>, Problem> {
    let request = GetMessageRequest {
        caller_id: caller.id(),
        message_id: message.to_string(),
    };
    let found = api.chat.client().get_message(request).await?.into_inner();
    Ok(Json(MessageWithReaders {
        message: found.message.ok_or(Malformed("message"))?.try_into()?,
        read_by: found.read_by,
    }))
}

/// Tell how far I have read
///
/// Never moves backwards.
#[utoipa::path(
    put, path = "/rooms/{room_id}/read", tag = "messages", params(("room_id" = RoomId, Path)), request_body = MarkRead,
    responses(
        (status = 204),
        (status = 403, description = "`not_a_member`"),
        (status = 404, description = "`not_found`"),
    )
)]
pub(super) async fn mark_read(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Body(MarkRead { n }): Body<MarkRead>,
) -> Result<StatusCode, Problem> {
    let request = MarkReadRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        n: n.get(),
    };
    api.chat.client().mark_read(request).await?;
    Ok(StatusCode::NO_CONTENT)
}
