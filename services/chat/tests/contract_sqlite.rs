//! The store's contract on SQLite.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

#[macro_use]
#[path = "contract/suite.rs"]
mod suite;

use std::sync::Arc;

use chat::outbound::sqlite::Sqlite;
use suite::World;

async fn world() -> World {
    let database = sqlite::Database::temporary().await.unwrap();
    Sqlite::migrate(&database).await.unwrap();
    let store = Sqlite::open(database).await.unwrap();
    World::new(Arc::clone(&store) as _, store)
}

contract!(world);
