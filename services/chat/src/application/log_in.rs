//! Back with a password.

use secrecy::SecretString;

use super::{Application, Context, Error, Handle, Request, Session};
use crate::domain::{Password, Username};

/// Logs somebody in. Unknown names and wrong passwords have one answer, after one time; a name with
/// many failures is answered [`Error::TooManyAttempts`], known or not.
#[derive(Debug)]
pub struct LogIn {
    /// As typed: a name that could not be registered has the same answer as an unknown one.
    pub username: String,
    /// As typed.
    pub password: SecretString,
}

impl Request for LogIn {
    type Answer = Session;
    const NAME: &'static str = "log_in";
}

impl Handle<LogIn> for Application {
    async fn handle(&self, context: &Context, request: &LogIn) -> Result<Session, Error> {
        let username: Option<Username> = request.username.parse().ok();
        let credentials = match &username {
            Some(username) => {
                self.log_ins.attempt(username, context.now)?;
                self.store.snapshot().await?.credentials(username).await?
            }
            None => None,
        };

        let password = Password::normalize(&request.password);
        let hash = credentials
            .as_ref()
            .and_then(|c| c.password_hash.as_deref());
        let right = self.passwords.verify(&password, hash).await?;
        let (Some(username), Some(credentials), true) = (username, credentials, right) else {
            return Err(Error::BadCredentials);
        };

        self.log_ins.succeeded(&username);
        let mut transaction = self.store.begin().await?;
        let session = self
            .open_session(context, &mut *transaction, credentials.user)
            .await?;
        transaction.commit().await?;
        Ok(session)
    }
}
