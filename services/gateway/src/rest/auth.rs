//! Getting in and out: `/auth`.

use axum::Json;
use axum::extract::{Extension, State};
use http::StatusCode;
use proto::chat::{LogInRequest, LogOutRequest, RefreshRequest, RegisterRequest};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Api;
use super::extract::Body;
use crate::limits::ClientAddress;
use crate::problem::Problem;
use crate::wire::Session;

/// A new account.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "username": "ada", "password": "analytical engine", "display_name": "Ada" }))]
pub(super) struct Register {
    /// Unique name: letters a–z, digits, dots, underscores and hyphens.
    #[schema(min_length = 2, max_length = 64)]
    username: String,
    /// 8–256 characters, and not the username.
    #[schema(min_length = 8, max_length = 256)]
    password: String,
    /// Name shown to others; the username where it is absent.
    display_name: Option<String>,
}

/// Name and password.
#[derive(Deserialize, ToSchema)]
#[schema(example = json!({ "username": "ada", "password": "analytical engine" }))]
pub(super) struct LogIn {
    /// Unique name.
    username: String,
    /// Its password.
    password: String,
}

/// The refresh token of a session.
#[derive(Deserialize, ToSchema)]
pub(super) struct RefreshToken {
    /// As it came with the session.
    refresh_token: String,
}

/// Register
#[utoipa::path(post, path = "/auth/register", tag = "auth", security(()), request_body = Register, responses(
    (status = 201, body = Session),
    (status = 409, description = "`username_taken`"),
    (status = 422, description = "`bad_username`, `weak_password`, `invalid`: `errors` names the fields"),
))]
pub(super) async fn register(
    State(api): State<Api>,
    Extension(address): Extension<ClientAddress>,
    Body(new): Body<Register>,
) -> Result<(StatusCode, Json<Session>), Problem> {
    api.limits.sign_in(address)?;
    let request = RegisterRequest {
        username: new.username,
        password: new.password,
        display_name: new.display_name,
    };
    let session = api.chat.client().register(request).await?.into_inner();
    Ok((StatusCode::CREATED, Json(session.try_into()?)))
}

/// Log in
#[utoipa::path(post, path = "/auth/login", tag = "auth", security(()), request_body = LogIn, responses(
    (status = 200, body = Session),
    (status = 401, description = "`bad_credentials`: the same for an unknown name and a wrong password"),
))]
pub(super) async fn log_in(
    State(api): State<Api>,
    Extension(address): Extension<ClientAddress>,
    Body(given): Body<LogIn>,
) -> Result<Json<Session>, Problem> {
    api.limits.sign_in(address)?;
    let request = LogInRequest {
        username: given.username,
        password: given.password,
    };
    let session = api.chat.client().log_in(request).await?.into_inner();
    Ok(Json(session.try_into()?))
}

/// Get the next session
///
/// A refresh token is good for one use. Used again, it revokes all tokens of its log-in: somebody has a copy. Only
/// within a minute, and while what it gave is unused, is a repetition taken for a lost answer.
#[utoipa::path(post, path = "/auth/refresh", tag = "auth", security(()), request_body = RefreshToken, responses(
    (status = 200, body = Session),
    (status = 401, description = "`refresh_reused`, `bad_refresh_token`"),
))]
pub(super) async fn refresh(
    State(api): State<Api>,
    Body(RefreshToken { refresh_token }): Body<RefreshToken>,
) -> Result<Json<Session>, Problem> {
    let request = RefreshRequest { refresh_token };
    let session = api.chat.client().refresh(request).await?.into_inner();
    Ok(Json(session.try_into()?))
}

/// Log out
///
/// Revokes the refresh tokens of this log-in. Access tokens live on until they expire.
#[utoipa::path(post, path = "/auth/logout", tag = "auth", security(()), request_body = RefreshToken, responses(
    (status = 204),
))]
pub(super) async fn log_out(
    State(api): State<Api>,
    Body(RefreshToken { refresh_token }): Body<RefreshToken>,
) -> Result<StatusCode, Problem> {
    let request = LogOutRequest { refresh_token };
    api.chat.client().log_out(request).await?;
    Ok(StatusCode::NO_CONTENT)
}
