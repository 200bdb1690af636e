//! The log's SQL: one function per question.

use std::borrow::Cow;

use bytes::Bytes;
use sqlite::Database;
use sqlx::{
    QueryBuilder, Row, Sqlite, SqliteConnection,
    migrate::{MigrateError, Migrator},
};
use time::OffsetDateTime;

use crate::{Malformed, Record, headers};

static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Rows of one INSERT: bounds how many kinds of it the connection's statement cache holds.
const ROWS_PER_INSERT: usize = 32;

/// A partition of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) topic: i64,
    pub(super) partition: i32,
}

/// A topic as it is stored.
#[derive(Clone, Debug)]
pub(super) struct Topic {
    pub(super) id: i64,
    pub(super) name: String,
    pub(super) partitions: i32,
}

/// A record on its way into the log.
#[derive(Clone, Debug)]
pub(super) struct NewRow {
    pub(super) place: Place,
    pub(super) key: String,
    /// JSON: `[[name, value], …]`.
    pub(super) headers: String,
    pub(super) value: Bytes,
}

/// A record in the log.
pub(super) struct StoredRow {
    pub(super) offset: i64,
    pub(super) record: Result<Record, Malformed>,
}

/// How far a group is in a partition.
#[derive(Clone, Debug)]
pub(super) struct Commit {
    pub(super) group: String,
    pub(super) place: Place,
    pub(super) offset: i64,
}

pub(super) async fn migrate(db: &Database) -> Result<(), MigrateError> {
    // The file has other owners' tables, and so other migrations, too.
    db.migrate(Migrator {
        table_name: Cow::Borrowed("bus_migrations"),
        migrations: MIGRATIONS.migrations.clone(),
        ..Migrator::DEFAULT
    })
    .await
}

pub(super) async fn topics(db: &Database) -> Result<Vec<Topic>, sqlx::Error> {
    let rows = sqlx::query("SELECT id, name, partitions FROM bus_topics")
        .fetch_all(db.read())
        .await?;
    rows.iter().map(topic).collect()
}

/// Makes the topic or adds partitions to it.
pub(super) async fn ensure_topic(
    db: &Database,
    name: &str,
    partitions: i32,
) -> Result<Topic, sqlx::Error> {
    let mut transaction = db.write().await?;
    let row = sqlx::query(
        "INSERT INTO bus_topics (name, partitions) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET partitions = max(partitions, excluded.partitions)
         RETURNING id, name, partitions",
    )
    .bind(name)
    .bind(partitions)
    .fetch_one(&mut *transaction)
    .await?;
    transaction.commit().await?;
    topic(&row)
}

fn topic(row: &sqlx::sqlite::SqliteRow) -> Result<Topic, sqlx::Error> {
    Ok(Topic {
        id: row.try_get(0)?,
        name: row.try_get(1)?,
        partitions: row.try_get(2)?,
    })
}

/// Appends in order; answers the offset of the last one.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    rows: &[NewRow],
) -> Result<i64, sqlx::Error> {
    let mut last = 0;
    for chunk in rows.chunks(ROWS_PER_INSERT) {
        let mut insert = QueryBuilder::<Sqlite>::new(
            "INSERT INTO bus_records (topic_id, partition, key, headers, value) ",
        );
        insert.push_values(chunk, |mut values, row| {
            values
                .push_bind(row.place.topic)
                .push_bind(row.place.partition)
                .push_bind(&row.key)
                .push_bind(&row.headers)
                .push_bind(row.value.as_ref());
        });
        let done = insert.build().execute(&mut *connection).await?;
        last = done.last_insert_rowid();
    }
    Ok(last)
}

/// Notes how far a group is; never moves backwards.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    commit: &Commit,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        r#"INSERT INTO bus_commits (group_name, topic_id, partition, "offset") VALUES (?1, ?2, ?3, ?4)
           ON CONFLICT DO UPDATE SET "offset" = max("offset", excluded."offset")"#,
    )
    .bind(&commit.group)
    .bind(commit.place.topic)
    .bind(commit.place.partition)
    .bind(commit.offset)
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a group reads a topic, so that nothing is trimmed before it has read it.
pub(super) async fn join(db: &Database, group: &str, topic: i64) -> Result<(), sqlx::Error> {
    let mut transaction = db.write().await?;
    sqlx::query("INSERT INTO bus_groups (name, topic_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        .bind(group)
        .bind(topic)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await
}

/// The last record of the partition that the group is done with; 0 before the first.
pub(super) async fn committed(
    db: &Database,
    group: &str,
    place: Place,
) -> Result<i64, sqlx::Error> {
    let offset = sqlx::query_scalar(
        r#"SELECT "offset" FROM bus_commits
           WHERE topic_id = ?1 AND partition = ?2 AND group_name = ?3"#,
    )
    .bind(place.topic)
    .bind(place.partition)
    .bind(group)
    .fetch_optional(db.read())
    .await?;
    Ok(offset.unwrap_or(0))
}

/// The offset of the partition's last record; 0 when it is empty. By `bus_records_by_partition`.
pub(super) async fn end(db: &Database, place: Place) -> Result<i64, sqlx::Error> {
    let offset: Option<i64> = sqlx::query_scalar(
        r#"SELECT max("offset") FROM bus_records WHERE topic_id = ?1 AND partition = ?2"#,
    )
    .bind(place.topic)
    .bind(place.partition)
    .fetch_one(db.read())
    .await?;
    Ok(offset.unwrap_or(0))
}

/// Up to `limit` records after this offset, in order. By `bus_records_by_partition`.
pub(super) async fn read(
    db: &Database,
    place: Place,
    after: i64,
    limit: usize,
) -> Result<Vec<StoredRow>, sqlx::Error> {
    let rows = sqlx::query(
        r#"SELECT "offset", key, headers, value, taken_at FROM bus_records
           WHERE topic_id = ?1 AND partition = ?2 AND "offset" > ?3 ORDER BY "offset" LIMIT ?4"#,
    )
    .bind(place.topic)
    .bind(place.partition)
    .bind(after)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(db.read())
    .await?;
    rows.iter().map(stored).collect()
}

fn stored(row: &sqlx::sqlite::SqliteRow) -> Result<StoredRow, sqlx::Error> {
    let headers: String = row.try_get(2)?;
    let value: Vec<u8> = row.try_get(3)?;
    let taken_at =
        OffsetDateTime::from_unix_timestamp(row.try_get(4)?).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    // What is no list of headers has none: the record is malformed, and not the partition.
    let headers = serde_json::from_str(&headers).unwrap_or_default();
    Ok(StoredRow {
        offset: row.try_get(0)?,
        record: headers::decode(Ok(row.try_get(1)?), headers, value.into(), taken_at),
    })
}

/// Removes up to `limit` records of a partition, oldest first, which all groups of its topic are
/// done with, or which are older than `seconds`. By `bus_records_by_partition`.
pub(super) async fn trim(
    db: &Database,
    place: Place,
    seconds: i64,
    limit: i64,
) -> Result<u64, sqlx::Error> {
    let mut transaction = db.write().await?;
    let done = sqlx::query(
        r#"DELETE FROM bus_records WHERE "offset" IN (
             SELECT "offset" FROM bus_records
             WHERE topic_id = ?1 AND partition = ?2
               AND ("offset" <= (
                      SELECT min(coalesce(bus_commits."offset", 0))
                      FROM bus_groups LEFT JOIN bus_commits
                        ON bus_commits.topic_id = ?1 AND bus_commits.partition = ?2
                       AND bus_commits.group_name = bus_groups.name
                      WHERE bus_groups.topic_id = ?1)
                    OR taken_at < unixepoch() - ?3)
             ORDER BY "offset" LIMIT ?4)"#,
    )
    .bind(place.topic)
    .bind(place.partition)
    .bind(seconds)
    .bind(limit)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    Ok(done.rows_affected())
}
