//! The ledger's contract on SQLite.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "contract/ledger.rs"]
mod contract;

use bot::outbound::ledger::SqliteLedger;

async fn ledger() -> SqliteLedger {
    let database = sqlite::Database::temporary().await.unwrap();
    SqliteLedger::open(database).await.unwrap()
}

ledger_contract!(ledger());
