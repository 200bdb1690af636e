//! What services prove to one another that they belong together.

use std::str::FromStr;

use http::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

const LEAST_LENGTH: usize = 16;

/// The secret that all services of one Chappe share.
#[derive(Clone, Debug)]
pub struct InternalCredential(SecretString);

/// The credential could be guessed, or can't be sent.
#[derive(Debug, thiserror::Error)]
#[error("must be 16 or more visible ASCII characters; `openssl rand -hex 32` makes a good one")]
pub struct WeakCredential;

impl FromStr for InternalCredential {
    type Err = WeakCredential;

    fn from_str(text: &str) -> Result<Self, WeakCredential> {
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() < LEAST_LENGTH || !visible {
            return Err(WeakCredential);
        }
        Ok(Self(text.into()))
    }
}

impl InternalCredential {
    /// A fresh one, for services that share a process.
    pub fn random() -> Self {
        let (high, low): (u128, u128) = rand::random();
        Self(format!("{high:032x}{low:032x}").into())
    }

    pub(super) fn header(&self) -> HeaderValue {
        let text = format!("Bearer {}", self.0.expose_secret());
        let mut header = HeaderValue::try_from(text).expect("the credential is visible ASCII");
        header.set_sensitive(true);
        header
    }

    /// Compares in a time that tells nothing about where the two differ.
    pub(super) fn matches(&self, header: &HeaderValue) -> bool {
        let given = header.as_bytes().strip_prefix(b"Bearer ");
        given.is_some_and(|given| given.ct_eq(self.0.expose_secret().as_bytes()).into())
    }
}
