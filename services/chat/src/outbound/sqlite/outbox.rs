//! Facts between commit and publication. The one process that has the file relays all shards.

use async_trait::async_trait;
use serde_json::Value;
use uuid::Uuid;

use super::{Sqlite, json, store_error};
use crate::{
    application::ports::{
        Backlog, Outbox, OutboxPlace, OutboxRow, Shard, ShardOwnership, StoreError,
    },
    outbound::{rows, rows::Columns},
};

#[async_trait]
impl Outbox for Sqlite {
    async fn ownership(&self) -> Result<Box<dyn ShardOwnership>, StoreError> {
        Ok(Box::new(OnlyOwner))
    }

    /// Index: `outbox_by_shard`, once per shard.
    async fn pending(
        &self,
        shards: &[Shard],
        except: &[Uuid],
        per_shard: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let shards: Value = shards
            .iter()
            .map(|shard| Value::from(shard.number()))
            .collect();
        let found = sqlx::query(
            "SELECT o.shard, o.position, o.key, o.event_id, o.event_type, o.payload,
                    o.traceparent, o.happened_at
             FROM json_each($1) s
             CROSS JOIN outbox o
                ON o.position IN (
                    SELECT position
                    FROM outbox
                    WHERE shard = s.value
                      AND key NOT IN (SELECT unhex(value) FROM json_each($2))
                    ORDER BY position
                    LIMIT $3
                )
             ORDER BY o.shard, o.position",
        )
        .bind(shards.to_string())
        .bind(json::ids(except.iter().copied()))
        .bind(i64::from(per_shard))
        .fetch_all(self.database.read())
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::outbox_row)
    }

    /// Index: the outbox's key.
    async fn remove(&self, places: &[OutboxPlace]) -> Result<(), StoreError> {
        let positions: Value = places
            .iter()
            .map(|place| Value::from(place.position))
            .collect();
        let mut transaction = self.database.write().await.map_err(store_error)?;
        sqlx::query("DELETE FROM outbox WHERE position IN (SELECT value FROM json_each($1))")
            .bind(positions.to_string())
            .execute(&mut *transaction)
            .await
            .map_err(store_error)?;
        transaction.commit().await.map_err(store_error)
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let row = sqlx::query("SELECT count(*) AS pending, min(happened_at) AS oldest FROM outbox")
            .fetch_one(self.database.read())
            .await
            .map_err(store_error)?;
        let pending = row.int("pending")?;
        let oldest = if pending == 0 {
            None
        } else {
            Some(row.time("oldest")?)
        };
        Ok(Backlog {
            rows: pending.cast_unsigned(),
            oldest,
        })
    }

    async fn woken(&self) {
        self.wake.notified().await;
    }
}

/// There is nobody to compete with.
struct OnlyOwner;

#[async_trait]
impl ShardOwnership for OnlyOwner {
    async fn replicas(&mut self) -> Result<u32, StoreError> {
        Ok(1)
    }

    async fn try_claim(&mut self, _: Shard) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn release(&mut self, _: Shard) -> Result<(), StoreError> {
        Ok(())
    }
}
