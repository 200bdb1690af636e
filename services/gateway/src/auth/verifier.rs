//! The check of one token.

use std::time::Duration;

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use runtime::Shutdown;
use runtime::health::Component;
use serde::de::DeserializeOwned;

use super::claims::{RawClaims, RawTicketClaims};
use super::keys::{KeySet, Keys};
use super::{AuthError, Claims, TicketClaims};
use crate::chat::Chat;

/// Ours have some 400 bytes.
const LONGEST_TOKEN: usize = 4_096;
/// A key that chat no longer publishes is forgotten after this time.
const REFRESH_EVERY: Duration = Duration::from_mins(5);
const RETRY_EVERY: Duration = Duration::from_millis(250);

/// Verifies access tokens and tickets with chat's public keys.
pub struct Verifier {
    keys: Keys,
}

impl Verifier {
    /// Knows no key yet: the first token, or [`Verifier::run`], fetches them.
    pub(crate) fn new(chat: Chat) -> Self {
        Self {
            keys: Keys::new(chat),
        }
    }

    /// Who shows this access token.
    pub async fn verify_access(&self, token: &str) -> Result<Claims, AuthError> {
        let claims: RawClaims = self.verify(token, |keys| &keys.access).await?;
        claims.try_into()
    }

    /// Who shows this ticket. That it is used once only is not known here.
    pub async fn verify_ticket(&self, ticket: &str) -> Result<TicketClaims, AuthError> {
        let claims: RawTicketClaims = self.verify(ticket, |keys| &keys.ticket).await?;
        claims.try_into()
    }

    async fn verify<C: DeserializeOwned>(
        &self,
        token: &str,
        validation: fn(&KeySet) -> &Validation,
    ) -> Result<C, AuthError> {
        if token.len() > LONGEST_TOKEN {
            return Err(AuthError::Invalid);
        }
        let header = decode_header(token).map_err(|_| AuthError::Invalid)?;
        // Before keys are fetched for it: only this algorithm is ever accepted.
        if header.alg != Algorithm::EdDSA {
            return Err(AuthError::Invalid);
        }
        let kid = header.kid.ok_or(AuthError::Invalid)?;
        let keys = self.keys.with(&kid).await?;
        let key = keys.find(&kid).ok_or(AuthError::Invalid)?;
        match decode(token, key, validation(&keys)) {
            Ok(data) => Ok(data.claims),
            Err(error) => Err(match error.kind() {
                ErrorKind::ExpiredSignature => AuthError::Expired,
                _ => AuthError::Invalid,
            }),
        }
    }

    /// Keeps the keys fresh until the shutdown; ready with the first ones.
    pub(crate) async fn run(&self, component: Component, shutdown: Shutdown) {
        let refreshing = async {
            let mut fetched = false;
            loop {
                fetched |= self.keys.fetch().await.is_ok();
                if fetched {
                    component.ready();
                } else {
                    component.not_ready("chat does not tell its public keys");
                }
                let pause = if fetched { REFRESH_EVERY } else { RETRY_EVERY };
                tokio::time::sleep(pause).await;
            }
        };
        tokio::select! {
            () = refreshing => {}
            () = shutdown.soft() => {}
        }
    }
}
