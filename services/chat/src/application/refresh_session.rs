//! The next pair of tokens.

use secrecy::SecretString;

use super::{Application, Context, Error, Handle, Request, Session, session};

/// Exchanges a refresh token, once. A second exchange of the same token means that somebody has a
/// copy: then all tokens of that log-in are revoked.
#[derive(Debug)]
pub struct RefreshSession {
    /// The newest refresh token of a log-in.
    pub refresh_token: SecretString,
}

impl Request for RefreshSession {
    type Answer = Session;
    const NAME: &'static str = "refresh_session";
}

impl Handle<RefreshSession> for Application {
    async fn handle(&self, context: &Context, request: &RefreshSession) -> Result<Session, Error> {
        let hash = session::hash(&request.refresh_token);
        let mut transaction = self.store.begin().await?;
        let Some(token) = transaction.lock_token(hash).await? else {
            return Err(Error::BadRefreshToken);
        };
        if token.used {
            transaction.revoke_family(token.family, context.now).await?;
            transaction.commit().await?;
            return Err(Error::RefreshReused);
        }
        if token.revoked || token.expires_at <= context.now {
            return Err(Error::BadRefreshToken);
        }

        let user = transaction
            .user(token.user)
            .await?
            .ok_or(Error::BadRefreshToken)?;
        transaction.use_token(hash).await?;
        let session = self
            .extend_session(context, &mut *transaction, user, token.family)
            .await?;
        transaction.commit().await?;
        Ok(session)
    }
}
