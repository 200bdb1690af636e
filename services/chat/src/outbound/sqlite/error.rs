//! What errors of SQLite mean to a use case.

use sqlx::Error;

use crate::application::ports::StoreError;

pub(super) fn store_error(error: Error) -> StoreError {
    match &error {
        Error::Database(database) if database.is_unique_violation() => {
            StoreError::Conflict(error.into())
        }
        Error::Database(database) => {
            let code = database.code().and_then(|code| code.parse::<u32>().ok());
            match code.map(|extended| extended & 0xff) {
                // Busy, locked, read error or write error, disk full, cannot open.
                Some(5 | 6 | 10 | 13 | 14) => StoreError::Unavailable(error.into()),
                _ => StoreError::Broken(error.into()),
            }
        }
        Error::Io(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => {
            StoreError::Unavailable(error.into())
        }
        _ => StoreError::Broken(error.into()),
    }
}
