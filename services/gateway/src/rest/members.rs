//! Who is in a room: `/rooms/{room_id}/members`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use proto::chat::{ListMembersRequest, PutMemberRequest, RemoveMemberRequest};
use proto::event;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Body, Path, Query};
use super::page::{PageQuery, in_query, list, page};
use crate::auth::Caller;
use crate::domain::{RoomId, UserId};
use crate::problem::Problem;
use crate::wire::{List, Member, Role};

/// The role somebody shall have.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "role": "member" }))]
pub(super) struct PutMember {
    /// What the member may do.
    role: Role,
}

/// List a room's members
#[utoipa::path(
    get, path = "/rooms/{room_id}/members", tag = "members", params(("room_id" = RoomId, Path), PageQuery),
    responses(
        (status = 200, body = List<Member>),
        (status = 403, description = "`not_a_member`"),
        (status = 404, description = "`not_found`"),
    )
)]
pub(super) async fn list_members(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<Member>>, Problem> {
    let request = ListMembersRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        page: Some(page(query.limit, query.cursor)?),
    };
    let found = api
        .chat
        .client()
        .list_members(request)
        .await
        .map_err(in_query)?
        .into_inner();
    Ok(Json(list(found.members, found.next)?))
}

/// Add somebody, or change a role
#[utoipa::path(
    put, path = "/rooms/{room_id}/members/{user_id}", tag = "members",
    params(("room_id" = RoomId, Path), ("user_id" = UserId, Path)), request_body = PutMember,
    responses(
        (status = 204),
        (status = 403, description = "`forbidden`: by role; `direct_room`; `not_a_member`"),
        (status = 404, description = "`not_found`: the room or the person"),
        (status = 409, description = "`last_owner`: name another owner first"),
    )
)]
pub(super) async fn put_member(
    State(api): State<Api>,
    caller: Caller,
    Path((room, user)): Path<(RoomId, UserId)>,
    Body(PutMember { role }): Body<PutMember>,
) -> Result<StatusCode, Problem> {
    let request = PutMemberRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        user_id: user.to_string(),
        role: event::Role::from(role).into(),
    };
    api.chat.client().put_member(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove somebody
#[utoipa::path(
    delete, path = "/rooms/{room_id}/members/{user_id}", tag = "members",
    params(("room_id" = RoomId, Path), ("user_id" = UserId, Path)),
    responses(
        (status = 204),
        (status = 403, description = "`forbidden`: by role; `direct_room`; `not_a_member`"),
        (status = 404, description = "`not_found`: the room or the member"),
        (status = 409, description = "`last_owner`: name another owner first"),
    )
)]
pub(super) async fn remove_member(
    State(api): State<Api>,
    caller: Caller,
    Path((room, user)): Path<(RoomId, UserId)>,
) -> Result<StatusCode, Problem> {
    let request = RemoveMemberRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        user_id: user.to_string(),
    };
    api.chat.client().remove_member(request).await?;
    Ok(StatusCode::NO_CONTENT)
}
