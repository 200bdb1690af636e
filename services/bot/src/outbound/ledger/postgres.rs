//! What is Postgres's own: the pool, and leading by an advisory lock.

use std::time::Duration;

use async_trait::async_trait;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::migrator;
use crate::application::ports::Leadership;

/// The first key of the advisory locks by which one process leads for a bot.
const LOCK_SPACE: i32 = 0x0043_6842;
/// How often a standby tries, and how often a leader looks whether it still leads.
const LOOK: Duration = Duration::from_secs(2);

/// Keeps the bot's memory in Postgres.
pub struct PostgresLedger {
    pool: PgPool,
    options: PgConnectOptions,
}

impl PostgresLedger {
    /// Connects and brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.clone())
            .await?;
        migrator().run(&pool).await?;
        Ok(Self { pool, options })
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin().await
    }

    /// The lock is the session's, so it ends with the connection, whatever happens to the process.
    pub(super) async fn take_lead(&self, bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        let mut connection = PgConnection::connect_with(&self.options).await?;
        loop {
            let taken: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, hashint8($2))")
                .bind(LOCK_SPACE)
                .bind(bot)
                .fetch_one(&mut connection)
                .await?;
            if taken {
                return Ok(Box::new(Held { connection }));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

struct Held {
    connection: PgConnection,
}

#[async_trait]
impl Leadership for Held {
    async fn lost(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let alive = tokio::time::timeout(LOOK, self.connection.ping()).await;
            if !matches!(alive, Ok(Ok(()))) {
                return;
            }
        }
    }
}
