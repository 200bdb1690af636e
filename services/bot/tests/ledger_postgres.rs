//! The ledger's contract on Postgres.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "contract/ledger.rs"]
mod contract;

use std::time::Duration;

use bot::{application::ports::Ledger, outbound::ledger::PostgresLedger};
use sqlx::{Connection, Executor, PgConnection};
use url::Url;
use uuid::Uuid;

/// A fresh database on the test server.
#[expect(clippy::disallowed_methods, reason = "a name nobody else has")]
async fn database() -> String {
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

async fn ledger() -> PostgresLedger {
    PostgresLedger::open(&database().await).await.unwrap()
}

ledger_contract!(ledger());

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
