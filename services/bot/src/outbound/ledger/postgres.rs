//! What is Postgres's own: the pool, migrations from a command, and leading by advisory locks.

mod leads;

use std::time::Duration;

use runtime::schema::Migration;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Transaction,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use self::leads::Leads;
use super::migrator;
use crate::application::ports::Leadership;

/// Of a query that names a table which is not there.
const UNDEFINED_TABLE: &str = "42P01";

/// Keeps the bot's memory in Postgres.
pub struct PostgresLedger {
    pool: PgPool,
    leads: Leads,
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
        Ok(Self {
            pool,
            leads: Leads::new(options),
        })
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Postgres>> {
        self.pool.begin().await
    }

    pub(super) async fn take_lead(&self, bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        self.leads.take(bot).await
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
