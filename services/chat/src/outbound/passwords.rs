//! Passwords as argon2id, computed on blocking threads, a few at a time.

use std::thread;

use argon2::{
    Argon2, PasswordHasher, PasswordVerifier,
    password_hash::{self, phc::PasswordHash},
};
use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use tokio::{sync::Semaphore, task};

use crate::application::ports::{PasswordError, Passwords};

/// How many callers may wait for one hashing place before the next is turned away. At about 25 ms a
/// hash, the last of them waits less than a second.
const WAITING_PER_PLACE: usize = 32;

/// Hashes and verifies with argon2id, version 19, 19 MiB, 2 passes. The memory and the cores that a
/// guess costs an attacker are ours as well, so no more run at once than there are cores.
pub struct Argon2Passwords {
    running: Semaphore,
    admitted: Semaphore,
    /// Hash of no one's password: verifying against it makes an unknown name as slow as a known one.
    nobody: String,
}

impl Argon2Passwords {
    /// One place per core.
    pub fn new() -> Self {
        Self::with_places(thread::available_parallelism().map_or(1, Into::into))
    }

    fn with_places(places: usize) -> Self {
        Self {
            running: Semaphore::new(places),
            admitted: Semaphore::new(places * (1 + WAITING_PER_PLACE)),
            nobody: hash(&rand::random::<[u8; 16]>()),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let busy = |_| PasswordError::Busy;
        let _admitted = self.admitted.try_acquire().map_err(busy)?;
        let _running = self
            .running
            .acquire()
            .await
            .map_err(|_| PasswordError::Busy)?;
        let finished = task::spawn_blocking(work).await;
        finished.map_err(|ended| PasswordError::Failed(ended.to_string()))
    }
}

#[async_trait]
impl Passwords for Argon2Passwords {
    async fn hash(&self, password: &SecretString) -> Result<String, PasswordError> {
        let password = password.clone();
        self.run(move || hash(password.expose_secret().as_bytes()))
            .await
    }

    async fn verify(
        &self,
        password: &SecretString,
        hash: Option<&str>,
    ) -> Result<bool, PasswordError> {
        let password = password.clone();
        let known = hash.is_some();
        let hash = hash.unwrap_or(&self.nobody).to_owned();
        let matches = self
            .run(move || matches(password.expose_secret().as_bytes(), &hash))
            .await??;
        Ok(known & matches)
    }
}

impl Default for Argon2Passwords {
    fn default() -> Self {
        Self::new()
    }
}

fn hash(password: &[u8]) -> String {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password)
        .expect("the default parameters hash every password of at most 4 GiB");
    hash.to_string()
}

fn matches(password: &[u8], hash: &str) -> Result<bool, PasswordError> {
    match Argon2::default().verify_password(password, hash) {
        Ok(()) => Ok(true),
        Err(password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(PasswordError::Failed(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn only_the_right_password_matches() {
        let passwords = Argon2Passwords::with_places(1);
        let hash = passwords.hash(&"correct horse".into()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        let verify =
            async |password: &str, hash| passwords.verify(&password.into(), hash).await.unwrap();
        assert!(verify("correct horse", Some(hash.as_str())).await);
        assert!(!verify("battery staple", Some(hash.as_str())).await);
        assert!(!verify("correct horse", None).await);
        let damaged = passwords
            .verify(&"correct horse".into(), Some("no hash"))
            .await;
        assert!(matches!(damaged, Err(PasswordError::Failed(_))));
    }

    #[tokio::test]
    async fn a_crowd_beyond_the_queue_is_turned_away() {
        let passwords = Argon2Passwords::with_places(1);
        let crowd = WAITING_PER_PLACE + 3;
        let password = SecretString::from("correct horse");
        let answers = join_all((0..crowd).map(|_| passwords.hash(&password))).await;
        let turned_away = answers.iter().filter(|answer| answer.is_err()).count();
        assert_eq!(turned_away, 2);
    }
}
