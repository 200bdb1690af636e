//! Questions and changes of `users`.

use async_trait::async_trait;

use super::{Unit, json, only, row::millis, store_error};
use crate::{
    application::ports::{ChangePeople, Credentials, FindPeople, StoreError},
    domain::{DisplayName, User, UserId, UserRef, Username},
    outbound::{codes, prefix_range, rows},
};

#[async_trait]
impl FindPeople for Unit {
    /// Index: users' key.
    async fn user(&mut self, id: UserId) -> Result<Option<User>, StoreError> {
        let row = sqlx::query(
            "SELECT id, username, display_name, kind AS user_kind, created_at
             FROM users
             WHERE id = $1",
        )
        .bind(id.uuid())
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::user)
    }

    /// Index: users' key.
    async fn users(&mut self, ids: &[UserId]) -> Result<Vec<UserRef>, StoreError> {
        let found = sqlx::query(
            "SELECT id, username, display_name, kind AS user_kind
             FROM users
             WHERE id IN (SELECT unhex(value) FROM json_each($1))",
        )
        .bind(json::ids(ids.iter().map(|id| id.uuid())))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, |row| {
            rows::user_ref(row, "id", "username", "display_name", "user_kind")
        })
    }

    /// Index: that of username.
    async fn credentials(&mut self, name: &Username) -> Result<Option<Credentials>, StoreError> {
        let row = sqlx::query(
            "SELECT id, username, display_name, kind AS user_kind, created_at, password_hash
             FROM users
             WHERE username = $1",
        )
        .bind(name.as_str())
        .fetch_optional(self.connection())
        .await
        .map_err(store_error)?;
        only(row.as_ref(), rows::credentials)
    }

    /// Indexes: that of username, `users_by_name`.
    async fn search(
        &mut self,
        prefix: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<User>, StoreError> {
        let (from, to) = prefix_range(prefix);
        let found = sqlx::query(
            "SELECT id, username, display_name, kind AS user_kind, created_at
             FROM users
             WHERE (username >= $1 AND username < $2 OR name_key >= $1 AND name_key < $2)
               AND username > $3
               AND kind <> $4
             ORDER BY username
             LIMIT $5",
        )
        .bind(from)
        .bind(to)
        .bind(after.unwrap_or_default())
        .bind(codes::user_kind_code(crate::domain::UserKind::Bridged))
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::user)
    }
}

#[async_trait]
impl ChangePeople for Unit {
    async fn add_user(&mut self, user: &User, password_hash: &str) -> Result<(), StoreError> {
        self.insert_user(user, Some(password_hash)).await
    }

    async fn put_bridged(&mut self, user: &User) -> Result<(), StoreError> {
        let known = sqlx::query("UPDATE users SET display_name = $2, name_key = $3 WHERE id = $1")
            .bind(user.id().uuid())
            .bind(user.reference.display_name.as_str())
            .bind(user.reference.display_name.as_str().to_lowercase())
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        if known.rows_affected() == 0 {
            self.insert_user(user, None).await?;
        }
        Ok(())
    }

    async fn rename(&mut self, id: UserId, name: &DisplayName) -> Result<(), StoreError> {
        sqlx::query("UPDATE users SET display_name = $2, name_key = $3 WHERE id = $1")
            .bind(id.uuid())
            .bind(name.as_str())
            .bind(name.as_str().to_lowercase())
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

impl Unit {
    async fn insert_user(
        &mut self,
        user: &User,
        password_hash: Option<&str>,
    ) -> Result<(), StoreError> {
        let User {
            reference,
            created_at,
        } = user;
        sqlx::query(
            "INSERT INTO users
                 (id, username, display_name, name_key, kind, password_hash, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(reference.id.uuid())
        .bind(reference.username.as_str())
        .bind(reference.display_name.as_str())
        .bind(reference.display_name.as_str().to_lowercase())
        .bind(codes::user_kind_code(reference.kind))
        .bind(password_hash)
        .bind(millis(*created_at))
        .execute(self.connection())
        .await
        .map_err(store_error)?;
        Ok(())
    }
}
