//! The end of a log-in.

use secrecy::SecretString;

use super::{Application, Context, Error, Handle, Request, session};

/// Revokes all refresh tokens of a log-in. An unknown token is as good as revoked.
#[derive(Debug)]
pub struct LogOut {
    /// Any refresh token of the log-in.
    pub refresh_token: SecretString,
}

impl Request for LogOut {
    type Answer = ();
    const NAME: &'static str = "log_out";
}

impl Handle<LogOut> for Application {
    async fn handle(&self, context: &Context, request: &LogOut) -> Result<(), Error> {
        let mut transaction = self.store.begin().await?;
        let token = transaction
            .lock_token(session::hash(&request.refresh_token))
            .await?;
        if let Some(token) = token.filter(|token| !token.revoked) {
            transaction.revoke_family(token.family, context.now).await?;
            transaction.commit().await?;
        }
        Ok(())
    }
}
