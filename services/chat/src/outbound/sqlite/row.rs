//! How columns of SQLite are read.

use sqlx::{Decode, Row, Sqlite, Type, sqlite::SqliteRow};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::store_error;
use crate::{
    application::ports::StoreError,
    outbound::rows::{Columns, Read},
};

impl Columns for SqliteRow {
    fn maybe_uuid(&self, column: &str) -> Read<Option<Uuid>> {
        get(self, column)
    }

    fn maybe_int(&self, column: &str) -> Read<Option<i64>> {
        get(self, column)
    }

    fn maybe_code(&self, column: &str) -> Read<Option<i16>> {
        get(self, column)
    }

    fn maybe_text(&self, column: &str) -> Read<Option<String>> {
        get(self, column)
    }

    fn flag(&self, column: &str) -> Read<bool> {
        get(self, column)
    }

    fn maybe_time(&self, column: &str) -> Read<Option<OffsetDateTime>> {
        let millis: Option<i64> = get(self, column)?;
        let time = |millis| {
            OffsetDateTime::UNIX_EPOCH
                .checked_add(Duration::milliseconds(millis))
                .ok_or_else(|| StoreError::Broken(format!("column {column} is no time").into()))
        };
        millis.map(time).transpose()
    }

    fn bytes(&self, column: &str) -> Read<Vec<u8>> {
        get(self, column)
    }
}

fn get<'r, T: Decode<'r, Sqlite> + Type<Sqlite>>(row: &'r SqliteRow, column: &str) -> Read<T> {
    row.try_get(column).map_err(store_error)
}

/// A time as SQLite keeps it.
pub(super) fn millis(time: OffsetDateTime) -> i64 {
    time.unix_timestamp() * 1_000 + i64::from(time.millisecond())
}
