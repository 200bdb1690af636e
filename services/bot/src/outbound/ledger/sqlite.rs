//! What is SQLite's own: the process's one writer.

use async_trait::async_trait;
use sqlite::Database;
use sqlx::{Sqlite, Transaction};

use super::migrator;
use crate::application::ports::Leadership;

/// Keeps the bot's memory in the process's one SQLite file.
pub struct SqliteLedger {
    database: Database,
}

impl SqliteLedger {
    /// Brings the schema up to date.
    pub async fn open(database: Database) -> Result<Self, sqlx::Error> {
        database.migrate(migrator()).await?;
        Ok(Self { database })
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.database.write().await
    }

    /// The file belongs to one process, so it always leads.
    #[expect(clippy::unused_async, reason = "in Postgres it is one")]
    pub(super) async fn take_lead(&self, _bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        Ok(Box::new(Always))
    }
}

struct Always;

#[async_trait]
impl Leadership for Always {
    async fn lost(&mut self) {
        std::future::pending::<()>().await;
    }
}
