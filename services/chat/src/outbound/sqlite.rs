//! The store on SQLite: the embedded Chappe's.
//!
//! One transaction writes at a time, so rooms and people need no locks of their own; a snapshot is a
//! read transaction and waits for nobody. Lists of ids go in as JSON.

mod error;
mod events;
mod json;
mod members;
mod messages;
mod outbox;
mod people;
mod rooms;
mod row;
mod schema;
mod sessions;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlite::Database;
use sqlx::{SqliteConnection, sqlite::SqliteRow};
use tokio::sync::Notify;

use super::{
    rows,
    schema::{OpenError, SCHEMA},
};
use crate::{
    application::ports::{Snapshot, Store, StoreError, Transaction},
    domain::Epoch,
};
use error::store_error;

/// The store in one file, with its outbox.
pub struct Sqlite {
    database: Database,
    epoch: Epoch,
    /// Something may be pending in the outbox.
    wake: Arc<Notify>,
}

impl Sqlite {
    /// The schema must be there, and must not have moved on.
    pub async fn open(database: Database) -> Result<Arc<Self>, OpenError> {
        let epoch = schema::check(&database, SCHEMA).await?;
        Ok(Arc::new(Self {
            database,
            epoch,
            wake: Arc::default(),
        }))
    }
}

#[async_trait]
impl Store for Sqlite {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(self.unit(
            self.database.read().begin().await.map_err(store_error)?,
        )))
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(
            self.unit(self.database.write().await.map_err(store_error)?),
        ))
    }

    async fn signing_key_or_insert(
        &self,
        candidate: &SecretString,
    ) -> Result<SecretString, StoreError> {
        let mut transaction = self.database.write().await.map_err(store_error)?;
        let row = sqlx::query(
            "UPDATE life SET signing_key = COALESCE(signing_key, $1) RETURNING signing_key",
        )
        .bind(candidate.expose_secret())
        .fetch_one(&mut *transaction)
        .await
        .map_err(store_error)?;
        transaction.commit().await.map_err(store_error)?;
        rows::signing_key(&row)
    }

    async fn healthy(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1")
            .execute(self.database.read())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

impl Sqlite {
    fn unit(&self, transaction: sqlx::Transaction<'static, sqlx::Sqlite>) -> Unit {
        Unit {
            transaction,
            epoch: self.epoch,
            wake: Arc::clone(&self.wake),
            touched: false,
        }
    }
}

/// A unit of work: one transaction.
struct Unit {
    transaction: sqlx::Transaction<'static, sqlx::Sqlite>,
    epoch: Epoch,
    wake: Arc<Notify>,
    /// Whether the outbox has new rows.
    touched: bool,
}

impl Unit {
    fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

impl Snapshot for Unit {}

#[async_trait]
impl Transaction for Unit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.transaction.commit().await.map_err(store_error)?;
        if self.touched {
            self.wake.notify_one();
        }
        Ok(())
    }
}

/// The only row as a value, if there is one.
fn only<T>(
    row: Option<&SqliteRow>,
    read: impl FnOnce(&SqliteRow) -> rows::Read<T>,
) -> rows::Read<Option<T>> {
    row.map(read).transpose()
}
