//! The Ed25519 key that signs access tokens and tickets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, EncodePrivateKey, KeypairBytes, spki::der::pem::LineEnding,
};
use jsonwebtoken::EncodingKey;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// An Ed25519 private key with its public name.
pub struct SigningKey {
    secret: ed25519_dalek::SigningKey,
}

/// Why a text is no signing key.
#[derive(Debug, thiserror::Error)]
#[error(
    "the signing key is not an Ed25519 private key in PKCS#8 PEM form ({0}); make one with \
     `openssl genpkey -algorithm ed25519`"
)]
pub struct BadSigningKey(ed25519_dalek::pkcs8::Error);

impl SigningKey {
    /// A fresh key from the operating system's randomness.
    pub fn generate() -> Self {
        Self {
            secret: ed25519_dalek::SigningKey::from_bytes(&rand::random()),
        }
    }

    /// Reads a PKCS#8 PEM, as `openssl genpkey -algorithm ed25519` writes it.
    pub fn from_pem(pem: &SecretString) -> Result<Self, BadSigningKey> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem.expose_secret().trim())
            .map(|secret| Self { secret })
            .map_err(BadSigningKey)
    }

    /// The key as PKCS#8 PEM.
    pub fn to_pem(&self) -> SecretString {
        self.pkcs8()
            .to_pkcs8_pem(LineEnding::LF)
            .expect("an Ed25519 key has a PKCS#8 form")
            .as_str()
            .into()
    }

    /// The key's name in token headers: its RFC 7638 thumbprint, so every replica that has the key
    /// gives it the same name.
    pub fn id(&self) -> String {
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.public());
        URL_SAFE_NO_PAD.encode(Sha256::digest(canonical))
    }

    /// The JWK set (RFC 7517) with the public half.
    pub fn jwks(&self) -> String {
        serde_json::json!({
            "keys": [{
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": self.id(),
                "x": self.public(),
            }]
        })
        .to_string()
    }

    pub(super) fn encoding_key(&self) -> EncodingKey {
        let der = self
            .pkcs8()
            .to_pkcs8_der()
            .expect("an Ed25519 key has a PKCS#8 form");
        EncodingKey::from_ed_der(der.as_bytes())
    }

    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret.verifying_key().as_bytes())
    }

    /// PKCS#8 version 1, without the public half: the form that every tool reads.
    fn pkcs8(&self) -> KeypairBytes {
        KeypairBytes {
            secret_key: self.secret.to_bytes(),
            public_key: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_pem_form() {
        let key = SigningKey::generate();
        let again = SigningKey::from_pem(&key.to_pem()).unwrap();
        assert_eq!(again.id(), key.id());
        assert_eq!(again.jwks(), key.jwks());
    }

    #[test]
    fn a_key_written_by_openssl_is_read() {
        // RFC 8410, section 10.3.
        let pem = "-----BEGIN PRIVATE KEY-----\n\
                   MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n\
                   -----END PRIVATE KEY-----\n";
        let key = SigningKey::from_pem(&pem.into()).unwrap();
        assert_eq!(key.public(), "Gb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE");
    }

    #[test]
    fn what_is_no_ed25519_key_is_refused_with_advice() {
        let refused = SigningKey::from_pem(&"-----BEGIN NONSENSE-----".into())
            .err()
            .unwrap();
        assert!(refused.to_string().contains("openssl genpkey"));
    }
}
