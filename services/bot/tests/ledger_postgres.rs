//! The ledger's contract on Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "contract/ledger.rs"]
mod contract;

use std::time::Duration;

use bot::{
    application::ports::Ledger,
    outbound::ledger::{PostgresLedger, SCHEMA},
};
use runtime::schema::Migration;
use sqlx::{Connection, Executor, PgConnection};
use url::Url;
use uuid::Uuid;

/// A fresh database on the test server, without tables.
#[expect(clippy::disallowed_methods, reason = "a name nobody else has")]
async fn empty_database() -> String {
    let server = std::env::var("CHAPPE_TEST_POSTGRES_URL")
        .expect("set CHAPPE_TEST_POSTGRES_URL, or run the tests by make test");
    let name = format!("bot_{:032x}", Uuid::new_v4().as_u128());
    let mut connection = PgConnection::connect(&server).await.unwrap();
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    connection.execute(sqlx::raw_sql(create)).await.unwrap();
    let mut url: Url = server.parse().unwrap();
    url.set_path(&name);
    url.into()
}

/// A fresh database with the bot's tables.
async fn database() -> String {
    let url = empty_database().await;
    PostgresLedger::migrate(&url).await.unwrap();
    url
}

async fn ledger() -> PostgresLedger {
    PostgresLedger::open(&database().await).await.unwrap()
}

ledger_contract!(ledger());

#[tokio::test]
async fn a_migration_tells_what_it_did() {
    let url = empty_database().await;
    assert_eq!(PostgresLedger::newest_migration(&url).await.unwrap(), 0);
    let migration = PostgresLedger::migrate(&url).await.unwrap();
    assert_eq!(
        migration,
        Migration {
            from: 0,
            to: SCHEMA
        }
    );
    let again = PostgresLedger::migrate(&url).await.unwrap();
    let nothing = Migration {
        from: SCHEMA,
        to: SCHEMA,
    };
    assert_eq!(again, nothing);
}

#[tokio::test]
async fn an_older_bot_works_in_a_newer_schema() {
    let url = database().await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let later = "INSERT INTO _bot_migrations (version, description, success, checksum, execution_time) \
                 VALUES (99, 'later', true, 'sum', 0)";
    connection.execute(later).await.unwrap();
    assert_eq!(PostgresLedger::newest_migration(&url).await.unwrap(), 99);
    let nothing = Migration { from: 99, to: 99 };
    assert_eq!(PostgresLedger::migrate(&url).await.unwrap(), nothing);
    let ledger = PostgresLedger::open(&url).await.unwrap();
    assert_eq!(ledger.next_update(7).await.unwrap(), None);
}

#[tokio::test]
async fn the_binary_migrates_and_reports() {
    let url = empty_database().await;
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let run = |url: &str| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_bot"))
            .env_clear()
            .env("CHAPPE_DATABASE_URL", url)
            .args(["migrate", "--report"])
            .arg(&report)
            .output()
            .unwrap();
        (
            output.status.code(),
            std::fs::read_to_string(&report).unwrap(),
        )
    };
    assert_eq!(run(&url), (Some(0), "{\"from\":0,\"to\":1}\n".to_owned()));
    let (code, report) = run("postgres://bot:hunter2@127.0.0.1:1/bot");
    assert_eq!(code, Some(1));
    assert!(report.contains("\"error\""), "{report}");
    assert!(!report.contains("hunter2"), "{report}");
}

#[tokio::test]
async fn one_process_leads_until_it_lets_go() {
    let url = database().await;
    let (first, second) = (
        PostgresLedger::open(&url).await.unwrap(),
        PostgresLedger::open(&url).await.unwrap(),
    );
    let leads = first.lead(7).await.unwrap();
    let waits = tokio::time::timeout(Duration::from_secs(3), second.lead(7)).await;
    assert!(waits.is_err(), "two processes lead for one bot");
    drop(leads);
    let leads = tokio::time::timeout(Duration::from_secs(10), second.lead(7)).await;
    assert!(leads.is_ok_and(|lead| lead.is_ok()), "nobody leads");
}

#[tokio::test]
async fn many_bots_need_few_connections() {
    let url = database().await;
    let ledger = PostgresLedger::open(&url).await.unwrap();
    let mut leads = Vec::new();
    for bot in 0..200 {
        leads.push(ledger.lead(bot).await.unwrap());
    }
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let count: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert!(count <= 6, "{count} connections");
}

#[tokio::test]
async fn who_loses_the_session_of_its_locks_leads_no_longer() {
    let url = database().await;
    let (first, second) = (
        PostgresLedger::open(&url).await.unwrap(),
        PostgresLedger::open(&url).await.unwrap(),
    );
    let mut lost = [first.lead(7).await.unwrap(), first.lead(8).await.unwrap()];
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let terminate = "SELECT count(pg_terminate_backend(pid)) FROM
                         (SELECT DISTINCT pid FROM pg_locks JOIN pg_database ON oid = database
                          WHERE locktype = 'advisory' AND datname = current_database()) AS holders";
    let ended: i64 = sqlx::query_scalar(terminate)
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(ended, 1);
    let patience = Duration::from_secs(20);
    for leadership in &mut lost {
        let noticed = tokio::time::timeout(patience, leadership.lost()).await;
        assert!(noticed.is_ok(), "it does not notice");
    }
    let _leads = second.lead(7).await.unwrap();
    drop(lost);
    let again = tokio::time::timeout(patience, first.lead(8)).await;
    assert!(again.is_ok_and(|lead| lead.is_ok()), "nobody leads");
}
