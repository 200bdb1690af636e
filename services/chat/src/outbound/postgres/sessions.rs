//! Changes of `session_families` and `refresh_tokens`.

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{Unit, only, store_error};
use crate::{
    application::ports::{ChangeSessions, RefreshToken, StoreError, TokenHash},
    domain::{FamilyId, UserId},
    outbound::rows,
};

#[async_trait]
impl ChangeSessions for Unit {
    /// Index: `session_families_by_user`.
    async fn open_family(
        &mut self,
        family: FamilyId,
        user: UserId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM session_families WHERE user_id = $1 AND expires_at < $2")
            .bind(user.uuid())
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        sqlx::query(
            "INSERT INTO session_families (id, user_id, opened_at, expires_at)
             VALUES ($1, $2, $3, $3)",
        )
        .bind(family.uuid())
        .bind(user.uuid())
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    /// Index: `refresh_tokens_by_family`.
    async fn add_token(
        &mut self,
        hash: TokenHash,
        family: FamilyId,
        now: OffsetDateTime,
        expires_at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "WITH family AS (
                 UPDATE session_families SET expires_at = $3 WHERE id = $2
             ), expired AS (
                 DELETE FROM refresh_tokens WHERE family_id = $2 AND expires_at < $4
             )
             INSERT INTO refresh_tokens (hash, family_id, expires_at) VALUES ($1, $2, $3)",
        )
        .bind(&hash.0[..])
        .bind(family.uuid())
        .bind(expires_at)
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(())
    }

    /// Indexes: `refresh_tokens_pkey`, `refresh_tokens_by_family`. The family is locked before the token is read, so the loser of two
    /// exchanges sees what the winner did.
    async fn lock_token(&mut self, hash: TokenHash) -> Result<Option<RefreshToken>, StoreError> {
        sqlx::query(
            "SELECT 1
             FROM session_families f
             JOIN refresh_tokens t ON t.family_id = f.id
             WHERE t.hash = $1
             FOR UPDATE OF f",
        )
        .bind(&hash.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        let row = sqlx::query(
            "SELECT t.family_id, f.user_id, t.expires_at, t.used, t.used_at,
                    f.revoked_at IS NOT NULL AS revoked,
                    EXISTS (
                        SELECT 1 FROM refresh_tokens later
                        WHERE later.family_id = t.family_id AND later.used_at >= t.used_at
                            AND later.hash <> t.hash
                    ) AS outlived
             FROM refresh_tokens t
             JOIN session_families f ON f.id = t.family_id
             WHERE t.hash = $1",
        )
        .bind(&hash.0[..])
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::refresh_token)
    }

    async fn use_token(&mut self, hash: TokenHash, now: OffsetDateTime) -> Result<(), StoreError> {
        sqlx::query("UPDATE refresh_tokens SET used = true, used_at = $2 WHERE hash = $1")
            .bind(&hash.0[..])
            .bind(now)
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    /// Index: `refresh_tokens_by_family`.
    async fn replace_unused(&mut self, family: FamilyId) -> Result<(), StoreError> {
        sqlx::query("UPDATE refresh_tokens SET used = true WHERE family_id = $1 AND NOT used")
            .bind(family.uuid())
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }

    async fn revoke_family(
        &mut self,
        family: FamilyId,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE session_families SET revoked_at = COALESCE(revoked_at, $2) WHERE id = $1",
        )
        .bind(family.uuid())
        .bind(now)
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(())
    }
}
