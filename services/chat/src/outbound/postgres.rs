//! The store on Postgres.
//!
//! A unit of work is one transaction on one pooled connection; snapshots are `REPEATABLE READ READ
//! ONLY`. What is written is acknowledged after a synchronous commit.

mod error;
mod events;
mod members;
mod messages;
mod outbox;
mod people;
mod rooms;
mod row;
mod schema;
mod sessions;
mod shards;
mod wake;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
};

use super::{
    facts::{Fact, ShardSet},
    rows,
    schema::{OpenError, SCHEMA},
};
use crate::{
    application::ports::{Snapshot, Store, StoreError, Transaction},
    domain::Epoch,
};
use error::store_error;
use wake::Wake;

/// Connections for requests. Sends need few, as they are gathered; reads are short.
const CONNECTIONS: u32 = 16;
/// Connections for the relay of the outbox, so that it never stands in line behind requests: it reads
/// and removes at the same time.
const RELAY_CONNECTIONS: u32 = 2;
/// How long a request waits for a connection, also while Postgres restarts.
const WAIT: Duration = Duration::from_secs(3);
/// A connection that was not used for so long is asked whether it still lives.
const DOUBTFUL_AFTER: Duration = Duration::from_secs(1);

/// The store on Postgres, with its outbox.
pub struct Postgres {
    pool: PgPool,
    relay: PgPool,
    options: PgConnectOptions,
    epoch: Epoch,
    wake: Arc<Wake>,
}

impl Postgres {
    /// Connects; the schema must be there, and must not have moved on.
    pub async fn open(url: &SecretString) -> Result<Arc<Self>, OpenError> {
        let options = options(url)?;
        let requests = pool(CONNECTIONS).connect_with(options.clone()).await?;
        // Nobody waits for the disk to forget a row: a removal that a crash undoes is a row sent twice.
        let hasty = options.clone().options([("synchronous_commit", "off")]);
        let relay = pool(RELAY_CONNECTIONS).connect_with(hasty).await?;
        let epoch = schema::check(&mut *requests.acquire().await?, SCHEMA).await?;
        let wake = Arc::new(Wake::start(&requests));
        Ok(Arc::new(Self {
            pool: requests,
            relay,
            options,
            epoch,
            wake,
        }))
    }

    /// Ends all connections after what is under way.
    pub async fn close(&self) {
        self.pool.close().await;
        self.relay.close().await;
    }
}

fn options(url: &SecretString) -> Result<PgConnectOptions, sqlx::Error> {
    let options: PgConnectOptions = url.expose_secret().parse()?;
    Ok(options.application_name("chappe-chat").options([
        // A lost pod's connections, and with them its locks, end soon.
        ("tcp_keepalives_idle", "2"),
        ("tcp_keepalives_interval", "1"),
        ("tcp_keepalives_count", "3"),
        ("statement_timeout", "10s"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "10s"),
        // Every question here is a look-up in an index, whatever it is about: planned once per
        // connection (planning a send anew costs half as much as the send), and so that a plan made
        // while a table was small does not scan it when it has grown.
        ("plan_cache_mode", "force_generic_plan"),
        ("enable_seqscan", "off"),
        ("enable_hashjoin", "off"),
        ("enable_mergejoin", "off"),
        ("jit", "off"),
    ]))
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // A round trip before each use would be a fifth of a send.
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > DOUBTFUL_AFTER {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
}

#[async_trait]
impl Store for Postgres {
    fn epoch(&self) -> Epoch {
        self.epoch
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
        Ok(Box::new(self.unit(begin).await?))
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        Ok(Box::new(
            self.unit("BEGIN ISOLATION LEVEL READ COMMITTED").await?,
        ))
    }

    async fn signing_key_or_insert(
        &self,
        candidate: &SecretString,
    ) -> Result<SecretString, StoreError> {
        let row = sqlx::query(
            "UPDATE life SET signing_key = COALESCE(signing_key, $1) RETURNING signing_key",
        )
        .bind(candidate.expose_secret())
        .fetch_one(&self.pool)
        .await
        .map_err(store_error)?;
        rows::signing_key(&row)
    }

    async fn healthy(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1")
            .execute(&self.pool)
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

impl Postgres {
    async fn unit(&self, begin: &'static str) -> Result<Unit, StoreError> {
        Ok(Unit {
            transaction: self.pool.begin_with(begin).await.map_err(store_error)?,
            epoch: self.epoch,
            wake: Arc::clone(&self.wake),
            touched: ShardSet::default(),
        })
    }
}

/// A unit of work: one transaction.
struct Unit {
    transaction: sqlx::Transaction<'static, sqlx::Postgres>,
    epoch: Epoch,
    wake: Arc<Wake>,
    /// Shards with new rows in the outbox.
    touched: ShardSet,
}

impl Unit {
    fn connection(&mut self) -> &mut PgConnection {
        &mut self.transaction
    }

    fn touch(&mut self, facts: &[Fact]) {
        for fact in facts {
            self.touched.insert(fact.shard);
        }
    }
}

impl Snapshot for Unit {}

#[async_trait]
impl Transaction for Unit {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.transaction.commit().await.map_err(store_error)?;
        self.wake.committed(self.touched);
        Ok(())
    }
}

/// The only row as a value, if there is one.
fn only<T>(
    row: Option<&PgRow>,
    read: impl FnOnce(&PgRow) -> rows::Read<T>,
) -> rows::Read<Option<T>> {
    row.map(read).transpose()
}
