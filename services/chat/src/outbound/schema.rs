//! What the databases have in common about their schema and their epoch.

use std::fmt;

use crate::domain::Epoch;

/// The newest migration that this binary has; the same change has the same number on both databases.
/// `life.oldest_binary` is compared with it.
pub const SCHEMA: i64 = 2;
/// The migration that made the epoch.
pub(super) const FIRST: i64 = 1;

/// Why this binary can't work on the database.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It cannot be reached, or refuses.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The schema could not be brought up to date.
    #[error("the schema could not be brought up to date")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// The schema is of a later version that no longer serves this binary.
    #[error(
        "the database has moved on: it serves binaries from schema {oldest} on, and this one knows \
         schema {SCHEMA}; start a newer version"
    )]
    TooOld {
        /// The oldest schema that a binary must know.
        oldest: i64,
    },
    /// The schema lacks what this binary needs.
    #[error(
        "the database is at migration {newest}, and this binary needs {SCHEMA}: bring it up to date \
         with the command `migrate`"
    )]
    Behind {
        /// Its newest migration; 0 is none.
        newest: i64,
    },
}

/// Refuses a database that has moved on; `oldest` is its `life.oldest_binary`.
pub(super) fn refuse_moved_on(oldest: i64) -> Result<(), OpenError> {
    if oldest > SCHEMA {
        return Err(OpenError::TooOld { oldest });
    }
    Ok(())
}

/// Refuses a database that lacks migrations up to `needed`.
pub(super) fn refuse_behind(newest: i64, needed: i64) -> Result<(), OpenError> {
    if newest < needed {
        return Err(OpenError::Behind { newest });
    }
    Ok(())
}

/// A new life of the database began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewEpoch {
    /// The one before.
    pub old: Epoch,
    /// The one from now on.
    pub new: Epoch,
}

impl fmt::Display for NewEpoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the epoch was {} and is {} now", self.old, self.new)
    }
}
