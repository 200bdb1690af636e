//! What is SQLite's own: the process's one writer.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use parking_lot::Mutex;
use sqlite::Database;
use sqlx::{Sqlite, Transaction};
use tokio::sync::OwnedMutexGuard;

use super::migrator;
use crate::application::ports::Leadership;

/// Keeps the bot's memory in the process's one SQLite file.
pub struct SqliteLedger {
    database: Database,
    leads: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<()>>>>,
}

impl SqliteLedger {
    /// Brings the schema up to date.
    pub async fn open(database: Database) -> Result<Self, sqlx::Error> {
        database.migrate(migrator()).await?;
        Ok(Self {
            database,
            leads: Mutex::default(),
        })
    }

    pub(super) async fn begin(&self) -> sqlx::Result<Transaction<'static, Sqlite>> {
        self.database.write().await
    }

    /// The file belongs to one process, so only somebody here can lead.
    pub(super) async fn take_lead(&self, bot: i64) -> sqlx::Result<Box<dyn Leadership>> {
        let lead = self.leads.lock().entry(bot).or_default().clone();
        Ok(Box::new(Held {
            _lead: lead.lock_owned().await,
        }))
    }
}

struct Held {
    _lead: OwnedMutexGuard<()>,
}

#[async_trait]
impl Leadership for Held {
    async fn lost(&mut self) {
        std::future::pending::<()>().await;
    }
}
