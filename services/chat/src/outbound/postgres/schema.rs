//! The schema in Postgres, and the epoch, as commands change them.

use runtime::schema::Migration;
use secrecy::SecretString;
use sqlx::{
    Connection, PgConnection, Row,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgRow},
};

use super::{Postgres, options};
use crate::{
    domain::Epoch,
    outbound::schema::{FIRST, NewEpoch, OpenError, refuse_behind, refuse_moved_on},
};

/// Of a query that names a table which is not there.
const UNDEFINED_TABLE: &str = "42P01";

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/postgres");
    // An older binary finds migrations that it does not know, and leaves them alone.
    migrator.set_ignore_missing(true);
    migrator
}

impl Postgres {
    /// The number of the newest migration in the database; 0 is none.
    pub async fn newest_migration(url: &SecretString) -> Result<i64, OpenError> {
        let mut connection = connect(url).await?;
        let newest = newest(&mut connection).await?;
        connection.close().await?;
        Ok(newest)
    }

    /// Brings the schema up to date, and refuses a database that has moved on.
    pub async fn migrate(url: &SecretString) -> Result<Migration, OpenError> {
        let mut connection = connect(url).await?;
        let from = newest(&mut connection).await?;
        if from > 0 {
            refuse_moved_on(life(&mut connection).await?.oldest)?;
        }
        migrator().run(&mut connection).await?;
        let to = newest(&mut connection).await?;
        connection.close().await?;
        Ok(Migration { from, to })
    }

    /// Begins a new epoch, in an older schema too: what was restored may be one.
    pub async fn new_epoch(url: &SecretString) -> Result<NewEpoch, OpenError> {
        let mut connection = connect(url).await?;
        check(&mut connection, FIRST).await?;
        let row = sqlx::query(
            "WITH before AS (SELECT epoch FROM life FOR UPDATE) \
             UPDATE life SET epoch = gen_random_uuid() FROM before \
             RETURNING before.epoch AS old, life.epoch AS new",
        )
        .fetch_one(&mut connection)
        .await?;
        connection.close().await?;
        Ok(NewEpoch {
            old: Epoch::new(row.try_get("old")?),
            new: Epoch::new(row.try_get("new")?),
        })
    }
}

/// That this binary can work on a database with migrations up to `needed`; answers the epoch.
pub(super) async fn check(connection: &mut PgConnection, needed: i64) -> Result<Epoch, OpenError> {
    refuse_behind(newest(connection).await?, needed)?;
    let life = life(connection).await?;
    refuse_moved_on(life.oldest)?;
    Ok(life.epoch)
}

/// Migrations wait for locks and may take long, so this connection has no time limits.
async fn connect(url: &SecretString) -> Result<PgConnection, sqlx::Error> {
    let unlimited: PgConnectOptions =
        options(url)?.options([("statement_timeout", "0"), ("lock_timeout", "0")]);
    PgConnection::connect_with(&unlimited).await
}

async fn newest(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let newest = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
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

struct Life {
    epoch: Epoch,
    oldest: i64,
}

async fn life(connection: &mut PgConnection) -> Result<Life, sqlx::Error> {
    let row: PgRow = sqlx::query("SELECT epoch, oldest_binary FROM life")
        .fetch_one(connection)
        .await?;
    let oldest: i32 = row.try_get("oldest_binary")?;
    Ok(Life {
        epoch: Epoch::new(row.try_get("epoch")?),
        oldest: oldest.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::schema::SCHEMA;

    #[test]
    fn the_newest_migration_is_the_schema_that_this_binary_knows() {
        let newest = migrator().iter().map(|migration| migration.version).max();
        assert_eq!(newest, Some(SCHEMA));
    }
}
