//! One SQLite file, one writer, many readers.
//!
//! SQLite lets one connection write at a time; whoever comes second polls a lock and may starve. Here
//! the one writer connection sits in a pool of one, so writers queue first in, first out, and a wait
//! is bounded. Readers see the last committed snapshot (WAL) and never wait for the writer.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Sqlite, SqlitePool, Transaction,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

/// Readers at the same time; each is a thread, and the machine of an embedded Chappe is small.
const READERS: u32 = 4;

/// How long a reader or a writer waits for its turn before it fails with `PoolTimedOut`.
const WAIT: Duration = Duration::from_secs(5);

/// A handle to the one file; clones share it.
#[derive(Clone, Debug)]
pub struct Database {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    reader: SqlitePool,
    writer: SqlitePool,
    /// Removed with the last handle.
    _directory: Option<tempfile::TempDir>,
}

impl Database {
    /// Opens the file, and makes it when it is missing. The folder must exist.
    pub async fn open(path: &Path) -> Result<Self, sqlx::Error> {
        Self::open_in(path, None).await
    }

    /// A database of its own that is removed with its last handle.
    pub async fn temporary() -> Result<Self, sqlx::Error> {
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("chappe.sqlite");
        Self::open_in(&path, Some(directory)).await
    }

    async fn open_in(
        path: &Path,
        directory: Option<tempfile::TempDir>,
    ) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .foreign_keys(true)
            .busy_timeout(WAIT)
            .journal_mode(SqliteJournalMode::Wal)
            // With NORMAL a power cut takes acknowledged commits with it.
            .synchronous(SqliteSynchronous::Full)
            .disable_statement_logging();

        // The writer comes first: it makes the file and turns it to WAL.
        let writer = pool(1)
            .connect_with(options.clone().create_if_missing(true))
            .await?;
        let reader = pool(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self {
            inner: Arc::new(Inner {
                path: path.to_owned(),
                reader,
                writer,
                _directory: directory,
            }),
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Connections that can only read.
    pub fn read(&self) -> &SqlitePool {
        &self.inner.reader
    }

    /// Begins a write transaction on the one writer connection; the caller commits. Nobody else in the
    /// process writes until then, so keep it short and never await the network inside. Fails with
    /// [`sqlx::Error::PoolTimedOut`] when its turn has not come within 5 seconds.
    pub async fn write(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        // IMMEDIATE takes the write lock now: a deferred one fails half-way when another process writes.
        self.inner.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Brings the schema up to date. Several crates keep tables in the one file, so each migrator
    /// needs a migrations table of its own (`dangerous_set_table_name`).
    pub async fn migrate(&self, migrator: Migrator) -> Result<(), MigrateError> {
        migrator.run(&self.inner.writer).await
    }

    /// Closes all connections, the writer last, so that the log is folded into the file.
    pub async fn close(&self) {
        self.inner.reader.close().await;
        self.inner.writer.close().await;
    }
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(WAIT)
        // A local file's connection does not go stale: no probe before each use, no ageing.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}
