//! chat's public keys, kept and fetched again when a token names one that is not known.

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use proto::chat::GetKeysRequest;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::AuthError;
use crate::chat::Chat;

/// Who shows unknown keys again and again causes no more calls than this.
const REFETCH_EVERY: Duration = Duration::from_secs(5);
/// While chat does not answer, it is asked this often.
const RETRY_EVERY: Duration = Duration::from_millis(500);

/// The keys at one time, and what tokens signed with them must say.
pub(super) struct KeySet {
    keys: Vec<(String, DecodingKey)>,
    pub(super) access: Validation,
    pub(super) ticket: Validation,
}

impl KeySet {
    pub(super) fn find(&self, kid: &str) -> Option<&DecodingKey> {
        let (_, key) = self.keys.iter().find(|(id, _)| id == kid)?;
        Some(key)
    }
}

pub(super) struct Keys {
    chat: Chat,
    current: ArcSwapOption<KeySet>,
    /// When keys were last asked for, and how long that answer stands. Held while asking, so that
    /// one call serves all who wait.
    asked: Mutex<Option<(Instant, Duration)>>,
}

impl Keys {
    pub(super) fn new(chat: Chat) -> Self {
        Self {
            chat,
            current: ArcSwapOption::empty(),
            asked: Mutex::new(None),
        }
    }

    /// The keys with this one among them, fetched anew where it is not known.
    pub(super) async fn with(&self, kid: &str) -> Result<Arc<KeySet>, AuthError> {
        if let Some(keys) = self.known(kid) {
            return Ok(keys);
        }
        let mut asked = self.asked.lock().await;
        if let Some(keys) = self.known(kid) {
            return Ok(keys);
        }
        if asked.is_none_or(|(at, stands)| at.elapsed() >= stands) {
            let answer = self.fetch().await;
            let stands = if answer.is_ok() {
                REFETCH_EVERY
            } else {
                RETRY_EVERY
            };
            *asked = Some((Instant::now(), stands));
            answer?;
        }
        match self.known(kid) {
            Some(keys) => Ok(keys),
            None if self.current.load().is_some() => Err(AuthError::Invalid),
            None => Err(AuthError::Unavailable),
        }
    }

    /// Asks chat for its keys, which then replace the ones before.
    pub(super) async fn fetch(&self) -> Result<(), AuthError> {
        let answer = self.chat.client().get_keys(GetKeysRequest {}).await;
        let answer = answer.map_err(|error| {
            tracing::warn!(%error, "chat's public keys can't be fetched");
            AuthError::Unavailable
        })?;
        let answer = answer.into_inner();
        let set: JwkSet = serde_json::from_str(&answer.jwks).map_err(|error| {
            tracing::error!(%error, "chat's public keys can't be read");
            AuthError::Unavailable
        })?;
        self.current.store(Some(Arc::new(KeySet {
            keys: set.keys.iter().filter_map(ed25519).collect(),
            access: validation(&answer.issuer, "chappe"),
            ticket: validation(&answer.issuer, "chappe-ws"),
        })));
        Ok(())
    }

    fn known(&self, kid: &str) -> Option<Arc<KeySet>> {
        let keys = self.current.load_full()?;
        keys.find(kid).is_some().then_some(keys)
    }
}

/// The key with its id, if it is of the only kind that is accepted.
fn ed25519(jwk: &Jwk) -> Option<(String, DecodingKey)> {
    let AlgorithmParameters::OctetKeyPair(parameters) = &jwk.algorithm else {
        return None;
    };
    if parameters.curve != EllipticCurve::Ed25519 {
        return None;
    }
    Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?))
}

/// One algorithm, one issuer, one audience, and an end.
fn validation(issuer: &str, audience: &str) -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[issuer]);
    validation.set_audience(&[audience]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.leeway = 0;
    validation
}
