//! How columns of Postgres are read.

use sqlx::{Decode, Postgres, Row, Type, postgres::PgRow};
use time::{OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::store_error;
use crate::outbound::rows::{Columns, Read};

impl Columns for PgRow {
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
        let time: Option<OffsetDateTime> = get(self, column)?;
        Ok(time.map(|time| time.to_offset(UtcOffset::UTC)))
    }

    fn bytes(&self, column: &str) -> Read<Vec<u8>> {
        get(self, column)
    }
}

fn get<'r, T: Decode<'r, Postgres> + Type<Postgres>>(row: &'r PgRow, column: &str) -> Read<T> {
    row.try_get(column).map_err(store_error)
}
