//! What errors of Postgres mean to a use case.

use sqlx::Error;

use crate::application::ports::StoreError;

pub(super) fn store_error(error: Error) -> StoreError {
    match &error {
        Error::Database(database) => match database.code().as_deref().unwrap_or_default() {
            // Unique violation, serialization failure, deadlock.
            "23505" | "40001" | "40P01" => StoreError::Conflict(error.into()),
            // Read-only (a former primary), lock or statement timeout, idle too long.
            "25006" | "55P03" | "57014" | "25P03" => StoreError::Unavailable(error.into()),
            // Connection exceptions, too few resources, operator intervention, system errors.
            code if ["08", "53", "57", "58"]
                .iter()
                .any(|class| code.starts_with(class)) =>
            {
                StoreError::Unavailable(error.into())
            }
            _ => StoreError::Broken(error.into()),
        },
        Error::Io(_)
        | Error::Tls(_)
        | Error::Protocol(_)
        | Error::PoolTimedOut
        | Error::PoolClosed
        | Error::WorkerCrashed => StoreError::Unavailable(error.into()),
        _ => StoreError::Broken(error.into()),
    }
}
