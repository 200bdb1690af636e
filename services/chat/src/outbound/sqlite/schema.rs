//! The schema in SQLite, and the epoch, as commands change them.

use runtime::schema::Migration;
use sqlite::Database;
use sqlx::{Row, migrate::Migrator};

use super::Sqlite;
use crate::{
    domain::Epoch,
    outbound::schema::{FIRST, NewEpoch, OpenError, refuse_behind, refuse_moved_on},
};

fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("migrations/sqlite");
    // An older binary finds migrations that it does not know, and leaves them alone.
    migrator.set_ignore_missing(true);
    // Others keep tables in the same file.
    migrator.dangerous_set_table_name("_chat_migrations");
    migrator
}

impl Sqlite {
    /// The number of the newest migration in the database; 0 is none.
    pub async fn newest_migration(database: &Database) -> Result<i64, OpenError> {
        let tables = "SELECT count(*) FROM sqlite_master WHERE name = '_chat_migrations'";
        let tables: i64 = sqlx::query_scalar(tables)
            .fetch_one(database.read())
            .await?;
        if tables == 0 {
            return Ok(0);
        }
        let newest = "SELECT max(version) FROM _chat_migrations WHERE success";
        let newest: Option<i64> = sqlx::query_scalar(newest)
            .fetch_one(database.read())
            .await?;
        Ok(newest.unwrap_or(0))
    }

    /// Brings the schema up to date, and refuses a database that has moved on.
    pub async fn migrate(database: &Database) -> Result<Migration, OpenError> {
        let from = Self::newest_migration(database).await?;
        if from > 0 {
            refuse_moved_on(life(database).await?.oldest)?;
        }
        database.migrate(migrator()).await?;
        let to = Self::newest_migration(database).await?;
        Ok(Migration { from, to })
    }

    /// Begins a new epoch, in an older schema too: what was restored may be one.
    pub async fn new_epoch(database: &Database) -> Result<NewEpoch, OpenError> {
        let old = check(database, FIRST).await?;
        let mut transaction = database.write().await?;
        let new = sqlx::query_scalar("UPDATE life SET epoch = randomblob(16) RETURNING epoch")
            .fetch_one(&mut *transaction)
            .await?;
        transaction.commit().await?;
        Ok(NewEpoch {
            old,
            new: Epoch::new(new),
        })
    }
}

/// That this binary can work on a database with migrations up to `needed`; answers the epoch.
pub(super) async fn check(database: &Database, needed: i64) -> Result<Epoch, OpenError> {
    refuse_behind(Sqlite::newest_migration(database).await?, needed)?;
    let life = life(database).await?;
    refuse_moved_on(life.oldest)?;
    Ok(life.epoch)
}

struct Life {
    epoch: Epoch,
    oldest: i64,
}

async fn life(database: &Database) -> Result<Life, sqlx::Error> {
    let row = sqlx::query("SELECT epoch, oldest_binary FROM life")
        .fetch_one(database.read())
        .await?;
    Ok(Life {
        epoch: Epoch::new(row.try_get("epoch")?),
        oldest: row.try_get("oldest_binary")?,
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
