//! People: `/users`.

use axum::Json;
use axum::extract::State;
use proto::chat::{GetUserRequest, SearchUsersRequest};

use super::Api;
use super::extract::{Path, Query};
use super::page::{SearchQuery, in_query, list, page};
use crate::auth::Caller;
use crate::domain::UserId;
use crate::problem::Problem;
use crate::wire::{List, User};

/// Find people
///
/// Those whose username or name begins with the query.
#[utoipa::path(get, path = "/users", tag = "people", params(SearchQuery), responses((status = 200, body = List<User>)))]
pub(super) async fn search_users(
    State(api): State<Api>,
    caller: Caller,
    Query(search): Query<SearchQuery>,
) -> Result<Json<List<User>>, Problem> {
    let request = SearchUsersRequest {
        caller_id: caller.id(),
        query: search.query,
        page: Some(page(search.limit, search.cursor)?),
    };
    let found = api
        .chat
        .client()
        .search_users(request)
        .await
        .map_err(in_query)?
        .into_inner();
    Ok(Json(list(found.users, found.next)?))
}

/// Get a person
#[utoipa::path(get, path = "/users/{user_id}", tag = "people", params(("user_id" = UserId, Path)), responses(
    (status = 200, body = User),
    (status = 404, description = "`not_found`"),
))]
pub(super) async fn get_user(
    State(api): State<Api>,
    caller: Caller,
    Path(user): Path<UserId>,
) -> Result<Json<User>, Problem> {
    let request = GetUserRequest {
        caller_id: caller.id(),
        user_id: user.to_string(),
    };
    let user = api.chat.client().get_user(request).await?.into_inner();
    Ok(Json(user.try_into()?))
}
