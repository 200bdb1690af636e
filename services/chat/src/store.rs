//! Opens the database that the settings name.

use std::sync::Arc;

use anyhow::Context;
use secrecy::SecretString;

use crate::{
    application::ports,
    config::DatabaseUrl,
    outbound::{postgres::Postgres, sqlite::Sqlite},
};

/// An open database whose schema is up to date.
#[derive(Clone)]
pub struct Store {
    pub(crate) main: Arc<dyn ports::Store>,
    pub(crate) outbox: Arc<dyn ports::Outbox>,
}

impl Store {
    /// The database of this URL.
    pub async fn open(url: &DatabaseUrl) -> anyhow::Result<Self> {
        match url {
            DatabaseUrl::Postgres(url) => Self::postgres(url).await,
            DatabaseUrl::Sqlite(path) => {
                let file = sqlite::Database::open(path).await;
                Self::sqlite(file.with_context(|| format!("cannot open {}", path.display()))?).await
            }
        }
    }

    /// A Postgres server.
    pub async fn postgres(url: &SecretString) -> anyhow::Result<Self> {
        let store = Postgres::open(url).await;
        let store = store.context("cannot open the Postgres database")?;
        Ok(Self {
            main: store.clone(),
            outbox: store,
        })
    }

    /// The process's SQLite file.
    pub async fn sqlite(database: sqlite::Database) -> anyhow::Result<Self> {
        let store = Sqlite::open(database).await;
        let store = store.context("cannot open the SQLite database")?;
        Ok(Self {
            main: store.clone(),
            outbox: store,
        })
    }
}
