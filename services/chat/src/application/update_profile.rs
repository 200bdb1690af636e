//! What one is called.

use super::{Application, Context, Error, Handle, Request, Thing};
use crate::domain::{DisplayName, User, UserId};

/// Changes what the caller is called; messages show it from the next reading on.
#[derive(Debug)]
pub struct UpdateProfile {
    /// Whose profile.
    pub caller: UserId,
    /// `None` leaves it.
    pub display_name: Option<DisplayName>,
}

impl Request for UpdateProfile {
    type Answer = User;
    const NAME: &'static str = "update_profile";
}

impl Handle<UpdateProfile> for Application {
    async fn handle(&self, _: &Context, request: &UpdateProfile) -> Result<User, Error> {
        let mut transaction = self.store.begin().await?;
        if let Some(name) = &request.display_name {
            transaction.rename(request.caller, name).await?;
        }
        let user = transaction.user(request.caller).await?;
        let user = user.ok_or(Error::NotFound(Thing::User))?;
        transaction.commit().await?;
        Ok(user)
    }
}
