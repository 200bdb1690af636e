//! The database that the settings name: its schema first, then the store in it.

use std::sync::Arc;

use anyhow::Context;
use runtime::schema::Migration;
use secrecy::SecretString;

use crate::{
    application::ports,
    config::DatabaseUrl,
    outbound::{postgres::Postgres, schema::NewEpoch, sqlite::Sqlite},
};

/// A database, whatever its schema is.
pub enum Database {
    /// On a Postgres server, to which nothing is connected yet.
    Postgres(SecretString),
    /// The process's SQLite file.
    Sqlite(sqlite::Database),
}

/// An open database whose schema serves this binary.
#[derive(Clone)]
pub struct Store {
    pub(crate) main: Arc<dyn ports::Store>,
    pub(crate) outbox: Arc<dyn ports::Outbox>,
}

impl Database {
    /// The one of this URL; a missing file is made.
    pub async fn of(url: &DatabaseUrl) -> anyhow::Result<Self> {
        match url {
            DatabaseUrl::Postgres(url) => Ok(Self::Postgres(url.clone())),
            DatabaseUrl::Sqlite(path) => {
                let file = sqlite::Database::open(path).await;
                let file = file.with_context(|| format!("cannot open {}", path.display()))?;
                Ok(Self::Sqlite(file))
            }
        }
    }

    /// The number of its newest migration; 0 is none.
    pub async fn newest_migration(&self) -> anyhow::Result<i64> {
        let newest = match self {
            Self::Postgres(url) => Postgres::newest_migration(url).await,
            Self::Sqlite(file) => Sqlite::newest_migration(file).await,
        };
        newest.context(self.name())
    }

    /// Brings its schema up to date.
    pub async fn migrate(&self) -> anyhow::Result<Migration> {
        let migration = match self {
            Self::Postgres(url) => Postgres::migrate(url).await,
            Self::Sqlite(file) => Sqlite::migrate(file).await,
        };
        migration.context(self.name())
    }

    /// Begins a new epoch. Whoever has it open lives on in the old one until they open it again.
    pub async fn new_epoch(&self) -> anyhow::Result<NewEpoch> {
        let epoch = match self {
            Self::Postgres(url) => Postgres::new_epoch(url).await,
            Self::Sqlite(file) => Sqlite::new_epoch(file).await,
        };
        epoch.context(self.name())
    }

    /// Opens the store in it; the schema must be there.
    pub async fn open(&self) -> anyhow::Result<Store> {
        match self {
            Self::Postgres(url) => {
                let store = Postgres::open(url).await.context(self.name())?;
                Ok(Store {
                    main: store.clone(),
                    outbox: store,
                })
            }
            Self::Sqlite(file) => {
                let store = Sqlite::open(file.clone()).await.context(self.name())?;
                Ok(Store {
                    main: store.clone(),
                    outbox: store,
                })
            }
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "the Postgres database",
            Self::Sqlite(_) => "the SQLite database",
        }
    }
}
