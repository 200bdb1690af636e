//! Somebody new.

use secrecy::SecretString;

use super::{Application, Context, Error, Handle, Request, Session};
use crate::domain::{DisplayName, Password, User, UserId, UserKind, UserRef, Username};

/// Registers a person and logs them in.
#[derive(Debug)]
pub struct Register {
    /// The name to log in with.
    pub username: Username,
    /// Checked here against the username and for strength.
    pub password: SecretString,
    /// The username unless given.
    pub display_name: Option<DisplayName>,
}

impl Request for Register {
    type Answer = Session;
    const NAME: &'static str = "register";
}

impl Handle<Register> for Application {
    async fn handle(&self, context: &Context, request: &Register) -> Result<Session, Error> {
        let username = &request.username;
        let password = Password::choose(&request.password, username)?;
        // Before the expensive hash.
        if self
            .store
            .snapshot()
            .await?
            .credentials(username)
            .await?
            .is_some()
        {
            return Err(Error::UsernameTaken);
        }
        let password_hash = self.passwords.hash(password.secret()).await?;

        let display_name = request
            .display_name
            .clone()
            .unwrap_or_else(|| DisplayName::from(username));
        let user = User {
            reference: UserRef {
                id: UserId::new(context.id()),
                username: username.clone(),
                display_name,
                kind: UserKind::Person,
            },
            created_at: context.now,
        };
        let mut transaction = self.store.begin().await?;
        transaction.add_user(&user, &password_hash).await?;
        let session = self.open_session(context, &mut *transaction, user).await?;
        transaction.commit().await?;
        Ok(session)
    }
}
