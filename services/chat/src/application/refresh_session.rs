//! The next pair of tokens.

use std::time::Duration;

use secrecy::SecretString;

use super::{Application, Context, Error, Handle, Request, Session, ports::Exchange, session};

/// An answer that got lost is asked for again within this time.
const LOST_WITHIN: Duration = Duration::from_mins(1);

/// Exchanges a refresh token, once. A second exchange of the same token means that the answer got lost,
/// or that somebody has a copy. Right afterwards, and while nobody has used what the first one gave, it
/// is taken for the former, and that becomes worthless: whoever holds it is found out when it is used.
/// Else all tokens of that log-in are revoked.
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
        match token.exchange {
            Exchange::None => {}
            Exchange::LastAt(at) if context.now <= at + LOST_WITHIN => {
                transaction.replace_unused(token.family).await?;
            }
            Exchange::LastAt(_) | Exchange::Outlived => {
                transaction.revoke_family(token.family, context.now).await?;
                transaction.commit().await?;
                return Err(Error::RefreshReused);
            }
        }
        if token.revoked || token.expires_at <= context.now {
            return Err(Error::BadRefreshToken);
        }

        let user = transaction
            .user(token.user)
            .await?
            .ok_or(Error::BadRefreshToken)?;
        if token.exchange == Exchange::None {
            transaction.use_token(hash, context.now).await?;
        }
        let session = self
            .extend_session(context, &mut *transaction, user, token.family)
            .await?;
        transaction.commit().await?;
        Ok(session)
    }
}
