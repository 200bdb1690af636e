//! People.

use proto::chat as v1;

use super::fields::{caller, next, page};
use crate::{
    application::{
        Paged, get_user::GetUser, search_people::SearchPeople, update_profile::UpdateProfile,
    },
    domain::{Invalid, User},
    wire,
};

impl TryFrom<v1::GetUserRequest> for GetUser {
    type Error = Invalid;

    fn try_from(request: v1::GetUserRequest) -> Result<Self, Invalid> {
        caller(&request.caller_id)?;
        Ok(Self {
            user: request.user_id.parse()?,
        })
    }
}

impl TryFrom<v1::UpdateUserRequest> for UpdateProfile {
    type Error = Invalid;

    fn try_from(request: v1::UpdateUserRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            display_name: request.display_name.map(|name| name.parse()).transpose()?,
        })
    }
}

impl TryFrom<v1::SearchUsersRequest> for SearchPeople {
    type Error = Invalid;

    fn try_from(request: v1::SearchUsersRequest) -> Result<Self, Invalid> {
        caller(&request.caller_id)?;
        Ok(Self {
            query: request.query,
            page: page(request.page)?,
        })
    }
}

impl From<User> for v1::User {
    fn from(user: User) -> Self {
        let reference = user.reference;
        Self {
            id: reference.id.to_string(),
            username: reference.username.as_str().to_owned(),
            display_name: reference.display_name.as_str().to_owned(),
            kind: wire::user_kind(reference.kind).into(),
            created_at: Some(wire::timestamp(user.created_at)),
        }
    }
}

impl From<Paged<User>> for v1::SearchUsersResponse {
    fn from(page: Paged<User>) -> Self {
        Self {
            next: next(&page),
            users: page.items.into_iter().map(Into::into).collect(),
        }
    }
}
