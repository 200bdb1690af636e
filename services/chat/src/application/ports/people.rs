use async_trait::async_trait;

use super::StoreError;
use crate::domain::{DisplayName, User, UserId, UserRef, Username};

/// What a log-in is compared with.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// Whose.
    pub user: User,
    /// PHC string; `None` for those who cannot log in.
    pub password_hash: Option<String>,
}

/// Questions about people.
#[async_trait]
pub trait FindPeople {
    /// The person with this id.
    async fn user(&mut self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Those of them who exist, in no order.
    async fn users(&mut self, ids: &[UserId]) -> Result<Vec<UserRef>, StoreError>;

    /// The person with this name.
    async fn credentials(&mut self, name: &Username) -> Result<Option<Credentials>, StoreError>;

    /// People (nobody bridged) whose username or display name begins with the prefix, capitals not
    /// counting; by username, those after `after`.
    async fn search(
        &mut self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError>;
}

/// Changes of people.
#[async_trait]
pub trait ChangePeople {
    /// Adds somebody whose username is free; [`StoreError::Conflict`] when it no longer is.
    async fn add_user(&mut self, user: &User, password_hash: &str) -> Result<(), StoreError>;

    /// Adds somebody beyond a bridge, or gives them the name that they have there now.
    async fn put_bridged(&mut self, user: &User) -> Result<(), StoreError>;

    /// Gives somebody another name on screens.
    async fn rename(&mut self, id: UserId, name: &DisplayName) -> Result<(), StoreError>;
}
