//! Facts between commit and publication.

use async_trait::async_trait;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Postgres, shards::Claims, store_error};
use crate::{
    application::ports::{
        Backlog, Outbox, OutboxPlace, OutboxRow, Shard, ShardOwnership, StoreError,
    },
    outbound::{rows, rows::Columns},
};

#[async_trait]
impl Outbox for Postgres {
    async fn ownership(&self) -> Result<Box<dyn ShardOwnership>, StoreError> {
        Ok(Box::new(Claims::open(&self.options, &self.wake).await?))
    }

    /// Index: `outbox_pkey`, once per shard.
    async fn pending(
        &self,
        shards: &[Shard],
        except: &[Uuid],
        per_shard: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let shards: Vec<_> = shards
            .iter()
            .map(|shard| shard.number().cast_signed())
            .collect();
        let found = sqlx::query(
            "SELECT o.shard, o.position, o.key, o.event_id, o.event_type, o.payload,
                    o.traceparent, o.happened_at
             FROM unnest($1::smallint[]) AS s (shard)
             CROSS JOIN LATERAL (
                 SELECT *
                 FROM outbox
                 WHERE shard = s.shard AND key <> ALL ($2)
                 ORDER BY position
                 LIMIT $3
             ) o
             ORDER BY o.shard, o.position",
        )
        .bind(shards)
        .bind(except)
        .bind(i64::from(per_shard))
        .fetch_all(&self.relay)
        .await
        .map_err(store_error)?;
        rows::all(&found, rows::outbox_row)
    }

    /// Index: `outbox_pkey`.
    async fn remove(&self, places: &[OutboxPlace]) -> Result<(), StoreError> {
        let (shards, positions): (Vec<_>, Vec<_>) = places
            .iter()
            .map(|place| (place.shard.number().cast_signed(), place.position))
            .unzip();
        sqlx::query(
            "DELETE FROM outbox o
             USING unnest($1::smallint[], $2::bigint[]) AS p (shard, position)
             WHERE o.shard = p.shard AND o.position = p.position",
        )
        .bind(shards)
        .bind(positions)
        .execute(&self.relay)
        .await
        .map_err(store_error)?;
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let row = sqlx::query("SELECT count(*) AS pending, min(happened_at) AS oldest FROM outbox")
            .fetch_one(&self.relay)
            .await
            .map_err(store_error)?;
        let pending = row.int("pending")?;
        let oldest: Option<OffsetDateTime> = if pending == 0 {
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
        self.wake.woken().await;
    }
}
