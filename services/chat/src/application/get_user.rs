//! One person.

use super::{Application, Context, Error, Handle, Request, Thing};
use crate::domain::{User, UserId};

/// Looks a person up.
#[derive(Debug)]
pub struct GetUser {
    /// Whom.
    pub user: UserId,
}

impl Request for GetUser {
    type Answer = User;
    const NAME: &'static str = "get_user";
}

impl Handle<GetUser> for Application {
    async fn handle(&self, _: &Context, request: &GetUser) -> Result<User, Error> {
        let user = self.store.snapshot().await?.user(request.user).await?;
        user.ok_or(Error::NotFound(Thing::User))
    }
}
