//! Rooms: `/rooms`.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use proto::chat::{
    CreateRoomRequest, DeleteRoomRequest, GetRoomRequest, JoinRoomRequest, LeaveRoomRequest,
    ListPublicRoomsRequest, ListRoomsRequest, OpenDirectRoomRequest, UpdateRoomRequest,
};
use proto::event;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::extract::{Body, Path, Query, null_as_empty};
use super::page::{PageQuery, SearchQuery, in_query, list, page};
use crate::auth::Caller;
use crate::domain::{RoomId, UserId};
use crate::problem::Problem;
use crate::wire::{List, Malformed, Room, Visibility};

/// A new room.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "title": "Towers", "kind": "group", "visibility": "private" }))]
pub(super) struct CreateRoom {
    /// 1–128 characters; unique among public rooms.
    #[schema(min_length = 1, max_length = 128)]
    title: String,
    /// Who writes there.
    kind: NewRoomKind,
    /// Who finds it.
    visibility: Visibility,
    /// Who is in it from the start, besides the caller.
    #[serde(default)]
    member_ids: Vec<UserId>,
}

/// Who writes in a new room.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum NewRoomKind {
    /// Every member.
    Group,
    /// Owners and admins.
    Channel,
}

/// The other person.
#[derive(Deserialize, ToSchema)]
pub(super) struct OpenDirectRoom {
    /// Who.
    user_id: UserId,
}

/// What shall change; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "topic": "Line Paris–Lille" }))]
pub(super) struct UpdateRoom {
    /// 1–128 characters; unique among public rooms.
    #[schema(min_length = 1, max_length = 128)]
    title: Option<String>,
    /// What the room is about; null takes it away.
    #[serde(default, deserialize_with = "null_as_empty")]
    topic: Option<String>,
}

/// Open a room
///
/// The caller becomes its owner.
#[utoipa::path(post, path = "/rooms", tag = "rooms", request_body = CreateRoom, responses(
    (status = 201, body = Room),
    (status = 409, description = "`title_taken`: a public room has this title"),
))]
pub(super) async fn create_room(
    State(api): State<Api>,
    caller: Caller,
    Body(new): Body<CreateRoom>,
) -> Result<(StatusCode, Json<Room>), Problem> {
    let kind = match new.kind {
        NewRoomKind::Group => event::RoomKind::Group,
        NewRoomKind::Channel => event::RoomKind::Channel,
    };
    let request = CreateRoomRequest {
        caller_id: caller.id(),
        title: new.title,
        kind: kind.into(),
        visibility: event::Visibility::from(new.visibility).into(),
        member_ids: new.member_ids.iter().map(UserId::to_string).collect(),
    };
    let room = api.chat.client().create_room(request).await?.into_inner();
    Ok((StatusCode::CREATED, Json(room.try_into()?)))
}

/// Open the direct room with a person
#[utoipa::path(post, path = "/rooms/direct", tag = "rooms", request_body = OpenDirectRoom, responses(
    (status = 201, description = "A new room", body = Room),
    (status = 200, description = "The room that was there", body = Room),
    (status = 404, description = "`not_found`: the person"),
))]
pub(super) async fn open_direct_room(
    State(api): State<Api>,
    caller: Caller,
    Body(with): Body<OpenDirectRoom>,
) -> Result<(StatusCode, Json<Room>), Problem> {
    let request = OpenDirectRoomRequest {
        caller_id: caller.id(),
        user_id: with.user_id.to_string(),
    };
    let opened = api.chat.client().open_direct_room(request).await?;
    let opened = opened.into_inner();
    let room = opened.room.ok_or(Malformed("room"))?;
    let status = if opened.created {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, Json(room.try_into()?)))
}

/// List my rooms
#[utoipa::path(get, path = "/rooms", tag = "rooms", params(PageQuery), responses((status = 200, body = List<Room>)))]
pub(super) async fn list_rooms(
    State(api): State<Api>,
    caller: Caller,
    Query(query): Query<PageQuery>,
) -> Result<Json<List<Room>>, Problem> {
    let request = ListRoomsRequest {
        caller_id: caller.id(),
        page: Some(page(query.limit, query.cursor)?),
    };
    let found = api
        .chat
        .client()
        .list_rooms(request)
        .await
        .map_err(in_query)?
        .into_inner();
    Ok(Json(list(found.rooms, found.next)?))
}

/// Find rooms that anyone may join
#[utoipa::path(get, path = "/rooms/public", tag = "rooms", params(SearchQuery), responses(
    (status = 200, body = List<Room>),
))]
pub(super) async fn list_public_rooms(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<SearchQuery>,
) -> Result<Json<List<Room>>, Problem> {
    let request = ListPublicRoomsRequest {
        caller_id: caller.id(),
        query: search.query,
        page: Some(page(search.limit, search.cursor)?),
    };
    let found = api
        .chat
        .client()
        .list_public_rooms(request)
        .await
        .map_err(in_query)?;
    let found = found.into_inner();
    Ok(Json(list(found.rooms, found.next)?))
}

/// Get a room
#[utoipa::path(get, path = "/rooms/{room_id}", tag = "rooms", params(("room_id" = RoomId, Path)), responses(
    (status = 200, body = Room),
    (status = 404, description = "`not_found`: also a private room of others"),
))]
pub(super) async fn get_room(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
) -> Result<Json<Room>, Problem> {
    let request = GetRoomRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
    };
    let room = api.chat.client().get_room(request).await?.into_inner();
    Ok(Json(room.try_into()?))
}

/// Change a room's title or topic
#[utoipa::path(
    patch, path = "/rooms/{room_id}", tag = "rooms", params(("room_id" = RoomId, Path)), request_body = UpdateRoom,
    responses(
        (status = 200, body = Room),
        (status = 403, description = "`forbidden`: owners and admins only; `direct_room`; `not_a_member`"),
        (status = 404, description = "`not_found`"),
        (status = 409, description = "`title_taken`: a public room has this title"),
    )
)]
pub(super) async fn update_room(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Body(change): Body<UpdateRoom>,
) -> Result<Json<Room>, Problem> {
    let request = UpdateRoomRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        title: change.title,
        topic: change.topic,
    };
    let room = api.chat.client().update_room(request).await?.into_inner();
    Ok(Json(room.try_into()?))
}

/// Delete a room
#[utoipa::path(delete, path = "/rooms/{room_id}", tag = "rooms", params(("room_id" = RoomId, Path)), responses(
    (status = 204),
    (status = 403, description = "`forbidden`: owners only; `direct_room`; `not_a_member`"),
    (status = 404, description = "`not_found`"),
))]
pub(super) async fn delete_room(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Problem> {
    let request = DeleteRoomRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
    };
    api.chat.client().delete_room(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Join a public room
#[utoipa::path(post, path = "/rooms/{room_id}/join", tag = "rooms", params(("room_id" = RoomId, Path)), responses(
    (status = 204),
    (status = 404, description = "`not_found`: also a private room of others"),
))]
pub(super) async fn join_room(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Problem> {
    let request = JoinRoomRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
    };
    api.chat.client().join_room(request).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave a room
#[utoipa::path(post, path = "/rooms/{room_id}/leave", tag = "rooms", params(("room_id" = RoomId, Path)), responses(
    (status = 204),
    (status = 403, description = "`direct_room`; `not_a_member`"),
    (status = 404, description = "`not_found`"),
    (status = 409, description = "`last_owner`: name another owner first"),
))]
pub(super) async fn leave_room(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
) -> Result<StatusCode, Problem> {
    let request = LeaveRoomRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
    };
    api.chat.client().leave_room(request).await?;
    Ok(StatusCode::NO_CONTENT)
}
