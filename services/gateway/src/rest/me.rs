//! The caller: `/me`.

use axum::Json;
use axum::extract::State;
use proto::chat::{GetUserRequest, UpdateUserRequest};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::extract::Body;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::wire::User;

/// What shall change; absent fields stay.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "display_name": "Ada Lovelace" }))]
pub(super) struct UpdateMe {
    /// Name shown to others.
    display_name: Option<String>,
}

/// Get my account
#[utoipa::path(get, path = "/me", tag = "people", responses((status = 200, body = User)))]
pub(super) async fn get_me(State(api): State<Api>, caller: Caller) -> Result<Json<User>, Problem> {
    let request = GetUserRequest {
        caller_id: caller.id(),
        user_id: caller.id(),
    };
    let user = api.chat.client().get_user(request).await?.into_inner();
    Ok(Json(user.try_into()?))
}

/// Change my account
#[utoipa::path(patch, path = "/me", tag = "people", request_body = UpdateMe, responses((status = 200, body = User)))]
pub(super) async fn update_me(
    State(api): State<Api>,
    caller: Caller,
    Body(change): Body<UpdateMe>,
) -> Result<Json<User>, Problem> {
    let request = UpdateUserRequest {
        caller_id: caller.id(),
        display_name: change.display_name,
    };
    let user = api.chat.client().update_user(request).await?.into_inner();
    Ok(Json(user.try_into()?))
}
