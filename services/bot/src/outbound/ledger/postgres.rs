//! What is Postgres's own: the pool, and leading by an advisory lock.

use std::{future::Future, io, time::Duration};

use async_trait::async_trait;
use runtime::schema::Migration;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::migrator;
use crate::application::ports::Leadership;

/// The first key of the advisory locks by which one process leads for a bot.
const LOCK_SPACE: i32 = 0x0043_6842;
/// How often a standby tries, and how often a leader looks whether it still leads.
const LOOK: Duration = Duration::from_secs(2);
/// An answer takes so long at most, or the lock's connection counts as lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// The server notices within about 5 s that a leader's machine is gone, and frees its lock. By its own
/// defaults it would take two hours, and nobody would bridge meanwhile.
const KEEPALIVES: [(&str, &str); 3] = [
    ("tcp_keepalives_idle", "2"),
    ("tcp_keepalives_interval", "1"),
    ("tcp_keepalives_count", "3"),
];

/// Of a query that names a table which is not there.
const UNDEFINED_TABLE: &str = "42P01";

/// Keeps the bot's memory in Postgres.
pub struct PostgresLedger {
    pool: PgPool,
    options: PgConnectOptions,
}

impl PostgresLedger {
    /// The number of the newest migration in the database; 0 is none.
    pub async fn newest_migration(url: &str) -> Result<i64, sqlx::Error> {
        let mut connection = PgConnection::connect(url).await?;
        let newest = newest(&mut connection).await?;
        connection.close().await?;
        Ok(newest)
    }

    /// Brings the schema up to date.
    pub async fn migrate(url: &str) -> Result<Migration, sqlx::Error> {
        let mut connection = PgConnection::connect(url).await?;
        let from = newest(&mut connection).await?;
        migrator().run(&mut connection).await?;
        let to = newest(&mut connection).await?;
        connection.close().await?;
        Ok(Migration { from, to })
    }

    /// Connects; the schema must be there.
    pub async fn open(url: &str) -> Result<Self, sqlx::Error> {
        let options: PgConnectOptions = url.parse()?;
        let pool = PgPoolOptions::new()
            .max_connections(4)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options.clone())
            .await?;
        Ok(Self { pool, options })
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin().await
    }

    /// The lock is the session's, so it ends with the connection, whatever happens to the process.
    pub(super) async fn take_lead(&self, bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        let options = self.options.clone().options(KEEPALIVES);
        let mut connection = answer(PgConnection::connect_with(&options)).await?;
        loop {
            let take = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, hashint8($2))")
                .bind(LOCK_SPACE)
                .bind(bot)
                .fetch_one(&mut connection);
            let taken: bool = answer(take).await?;
            if taken {
                return Ok(Box::new(Held { connection }));
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

async fn newest(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let newest = sqlx::query_scalar("SELECT max(version) FROM _bot_migrations WHERE success")
        .fetch_one(connection)
        .await;
    match newest {
        Ok(newest) => Ok(Option::unwrap_or(newest, 0)),
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(UNDEFINED_TABLE) => {
            Ok(0)
        }
        Err(error) => Err(error),
    }
}

async fn answer<T>(question: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
    timeout(PATIENCE, question).await.unwrap_or_else(|_| {
        let reason = "no answer on the lock's connection";
        Err(sqlx::Error::Io(io::Error::new(
            io::ErrorKind::TimedOut,
            reason,
        )))
    })
}

struct Held {
    connection: PgConnection,
}

#[async_trait]
impl Leadership for Held {
    async fn lost(&mut self) {
        loop {
            tokio::time::sleep(LOOK).await;
            let alive = timeout(LOOK, self.connection.ping()).await;
            if !matches!(alive, Ok(Ok(()))) {
                return;
            }
        }
    }
}
