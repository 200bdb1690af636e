//! What a log-in gives: an access token for minutes, and a refresh token that is exchanged for the
//! next pair. All refresh tokens of one log-in are a family.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::{
    Application, Context, Error,
    ports::{TokenHash, Transaction},
};
use crate::domain::{FamilyId, User};

/// A log-in ends when it is not refreshed for so long.
const REFRESHED_WITHIN: Duration = Duration::from_hours(30 * 24);

/// A person who is logged in.
#[derive(Debug)]
pub struct Session {
    /// Who.
    pub user: User,
    /// JWT for requests.
    pub access_token: SecretString,
    /// Opaque; exchanged once for the next session.
    pub refresh_token: SecretString,
    /// How long the access token is valid.
    pub expires_in: Duration,
}

impl Application {
    /// Begins a family at a log-in.
    pub(super) async fn open_session(
        &self,
        context: &Context,
        transaction: &mut dyn Transaction,
        user: User,
    ) -> Result<Session, Error> {
        let family = FamilyId::new(context.id());
        transaction
            .open_family(family, user.id(), context.now)
            .await?;
        self.extend_session(context, transaction, user, family)
            .await
    }

    /// Gives the next pair of tokens of a family.
    pub(super) async fn extend_session(
        &self,
        context: &Context,
        transaction: &mut dyn Transaction,
        user: User,
        family: FamilyId,
    ) -> Result<Session, Error> {
        let refresh_token: SecretString = URL_SAFE_NO_PAD.encode(context.secret()).into();
        let expires_at = context.now + REFRESHED_WITHIN;
        transaction
            .add_token(hash(&refresh_token), family, context.now, expires_at)
            .await?;
        let access = self
            .tokens
            .access_token(user.id(), family, context.now, context.id());
        Ok(Session {
            user,
            access_token: access.token,
            refresh_token,
            expires_in: access.expires_in,
        })
    }
}

/// What is kept of a refresh token. It has 256 random bits, so a plain hash is enough.
pub(super) fn hash(token: &SecretString) -> TokenHash {
    TokenHash(Sha256::digest(token.expose_secret()).into())
}
