use async_trait::async_trait;
use time::OffsetDateTime;

use super::StoreError;
use crate::domain::{FamilyId, UserId};

/// SHA-256 of a refresh token: all that is kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

/// A refresh token that was issued.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// The log-in it descends from.
    pub family: FamilyId,
    /// Whose.
    pub user: UserId,
    /// Until when it can be used.
    pub expires_at: OffsetDateTime,
    /// Whether it was exchanged for a newer one.
    pub exchange: Exchange,
    /// Whether its whole family was revoked.
    pub revoked: bool,
}

/// What became of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exchange {
    /// Nothing yet.
    None,
    /// It was exchanged at this time, and what came of it was not.
    LastAt(OffsetDateTime),
    /// The newer one was exchanged as well, or this one was replaced unused.
    Outlived,
}

/// Changes of sessions.
#[async_trait]
pub trait ChangeSessions {
    /// Begins a family at a log-in, and forgets this person's families that have expired.
    async fn open_family(
        &mut self,
        family: FamilyId,
        user: UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// Adds a token to its family, and forgets those of the family that have expired. One that was used
    /// stays until then, for it tells of a copy.
    async fn add_token(
        &mut self,
        hash: TokenHash,
        family: FamilyId,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<(), StoreError>;

    /// The token, with its family locked: two exchanges of one token happen one after the other.
    async fn lock_token(&mut self, hash: TokenHash) -> Result<Option<RefreshToken>, StoreError>;

    /// Notes that the token was exchanged.
    async fn use_token(&mut self, hash: TokenHash, now: OffsetDateTime) -> Result<(), StoreError>;

    /// Makes the tokens of the family worthless that nobody has used.
    async fn replace_unused(&mut self, family: FamilyId) -> Result<(), StoreError>;

    /// Makes all tokens of the family worthless.
    async fn revoke_family(
        &mut self,
        family: FamilyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError>;
}
