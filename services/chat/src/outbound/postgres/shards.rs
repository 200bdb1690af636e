//! Who relays which shard: advisory locks on a connection of their own, which live and die with it.

use std::{future::Future, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{ConnectOptions, PgConnection, Row, postgres::PgConnectOptions};
use tokio::time::timeout;

use super::{store_error, wake::Wake};
use crate::{
    application::ports::{Shard, ShardOwnership, StoreError},
    outbound::facts::ShardSet,
};

/// Key of the locks of shards: "chap". The second key is the shard's number.
const SHARDS: i32 = 0x6368_6170;
/// Key of the lock that all replicas share: "chaq".
const REPLICAS: i32 = 0x6368_6171;
/// An answer takes so long at most, or the connection counts as lost.
const PATIENCE: Duration = Duration::from_secs(2);

/// This replica's claims.
pub(super) struct Claims {
    connection: PgConnection,
    wake: Arc<Wake>,
    ours: ShardSet,
}

impl Claims {
    pub(super) async fn open(
        options: &PgConnectOptions,
        wake: &Arc<Wake>,
    ) -> Result<Self, StoreError> {
        let mut connection = patiently(options.connect()).await?;
        let shared = sqlx::query("SELECT pg_advisory_lock_shared($1, 0)")
            .bind(REPLICAS)
            .execute(&mut connection);
        patiently(shared).await?;
        Ok(Self {
            connection,
            wake: Arc::clone(wake),
            ours: ShardSet::default(),
        })
    }
}

#[async_trait]
impl ShardOwnership for Claims {
    async fn replicas(&mut self) -> Result<u32, StoreError> {
        let count = sqlx::query(
            "SELECT count(*) AS replicas
             FROM pg_locks l
             JOIN pg_database d ON d.oid = l.database
             WHERE l.locktype = 'advisory' AND d.datname = current_database()
               AND l.classid = $1::bigint::oid AND l.objid = 0 AND l.objsubid = 2 AND l.granted",
        )
        .bind(i64::from(REPLICAS))
        .fetch_one(&mut self.connection);
        let count: i64 = patiently(count)
            .await?
            .try_get("replicas")
            .map_err(store_error)?;
        // Our own lock is among them.
        Ok(u32::try_from(count).unwrap_or(u32::MAX).max(1))
    }

    async fn try_claim(&mut self, shard: Shard) -> Result<bool, StoreError> {
        // A lock that is taken twice must be released twice.
        if self.ours.contains(shard) {
            return Ok(true);
        }
        let claim = sqlx::query("SELECT pg_try_advisory_lock($1, $2) AS claimed")
            .bind(SHARDS)
            .bind(i32::from(shard.number()))
            .fetch_one(&mut self.connection);
        let claimed = patiently(claim)
            .await?
            .try_get("claimed")
            .map_err(store_error)?;
        if claimed {
            self.ours.insert(shard);
            self.wake.own(self.ours);
        }
        Ok(claimed)
    }

    async fn release(&mut self, shard: Shard) -> Result<(), StoreError> {
        self.ours.remove(shard);
        self.wake.own(self.ours);
        let release = sqlx::query("SELECT pg_advisory_unlock($1, $2)")
            .bind(SHARDS)
            .bind(i32::from(shard.number()))
            .execute(&mut self.connection);
        patiently(release).await?;
        Ok(())
    }
}

impl Drop for Claims {
    /// The locks end with the connection.
    fn drop(&mut self) {
        self.wake.own(ShardSet::default());
    }
}

async fn patiently<T>(
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match timeout(PATIENCE, answer).await {
        Ok(answer) => answer.map_err(store_error),
        Err(_) => Err(StoreError::Unavailable(
            format!(
                "no answer on the locks' connection within {} s",
                PATIENCE.as_secs()
            )
            .into(),
        )),
    }
}
