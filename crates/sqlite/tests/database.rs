//! What callers rely on: durability of a commit, isolation of readers, writers in turn.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use sqlite::Database;
use sqlx::{
    Row, SqlStr,
    migrate::{Migration, MigrationType, Migrator},
};

async fn numbers() -> Database {
    let database = Database::temporary().await.unwrap();
    let mut tx = database.write().await.unwrap();
    sqlx::query("CREATE TABLE numbers (value INTEGER NOT NULL)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    database
}

async fn count(database: &Database) -> i64 {
    sqlx::query("SELECT count(*) FROM numbers")
        .fetch_one(database.read())
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn a_commit_survives_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data.sqlite");
    let database = Database::open(&path).await.unwrap();
    let mut tx = database.write().await.unwrap();
    sqlx::query("CREATE TABLE numbers (value INTEGER NOT NULL)")
        .execute(&mut *tx)
        .await
        .unwrap();
    sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    database.close().await;

    assert_eq!(count(&Database::open(&path).await.unwrap()).await, 1);
}

#[tokio::test]
async fn readers_see_only_what_was_committed_and_do_not_wait() {
    let database = numbers().await;
    let mut tx = database.write().await.unwrap();
    sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(&mut *tx)
        .await
        .unwrap();
    assert_eq!(count(&database).await, 0);
    tx.commit().await.unwrap();
    assert_eq!(count(&database).await, 1);
}

#[tokio::test]
async fn a_dropped_transaction_changes_nothing_and_frees_the_writer() {
    let database = numbers().await;
    let mut tx = database.write().await.unwrap();
    sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(&mut *tx)
        .await
        .unwrap();
    drop(tx);
    database.write().await.unwrap().commit().await.unwrap();
    assert_eq!(count(&database).await, 0);
}

#[tokio::test]
async fn concurrent_writers_take_turns_and_none_fails() {
    let database = numbers().await;
    let writers: Vec<_> = (0..50)
        .map(|value: i64| {
            let database = database.clone();
            tokio::spawn(async move {
                let mut tx = database.write().await.unwrap();
                sqlx::query("INSERT INTO numbers VALUES (?)")
                    .bind(value)
                    .execute(&mut *tx)
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(count(&database).await, 50);
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let database = numbers().await;
    let refused = sqlx::query("INSERT INTO numbers VALUES (1)")
        .execute(database.read())
        .await;
    assert!(refused.is_err());
}

#[tokio::test]
async fn two_migrators_share_the_file() {
    let database = Database::temporary().await.unwrap();
    let migrator = |table, sql| {
        let mut migrator = Migrator::with_migrations(vec![Migration::new(
            1,
            "first".into(),
            MigrationType::Simple,
            SqlStr::from_static(sql),
            false,
        )]);
        migrator.dangerous_set_table_name(table);
        migrator
    };
    for (table, sql) in [
        ("a_migrations", "CREATE TABLE a (id INTEGER)"),
        ("b_migrations", "CREATE TABLE b (id INTEGER)"),
        ("a_migrations", "CREATE TABLE a (id INTEGER)"),
    ] {
        database.migrate(migrator(table, sql)).await.unwrap();
    }
    sqlx::query("SELECT * FROM a, b")
        .fetch_all(database.read())
        .await
        .unwrap();
}
