use async_trait::async_trait;
use secrecy::SecretString;

/// Turns passwords into hashes that are safe to keep.
#[async_trait]
pub trait Passwords: Send + Sync {
    /// The hash to store (PHC string).
    async fn hash(&self, password: &SecretString) -> Result<String, PasswordError>;

    /// Whether the password belongs to the hash. Without a hash: no, after the same work, so that
    /// nobody learns from the time which names exist.
    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError>;
}

/// Why a password was neither hashed nor compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are waiting already.
    #[error("too many passwords are being checked at the moment")]
    Busy,
    /// The stored hash cannot be read, or the hashing failed.
    #[error("a password could not be hashed: {0}")]
    Failed(String),
}
