//! The store's contract on Postgres: each test has a database of its own on the server that
//! `CHAPPE_TEST_POSTGRES_URL` names.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

#[macro_use]
#[path = "contract/suite.rs"]
mod suite;
#[path = "contract/fresh_postgres.rs"]
mod fresh_postgres;

use std::sync::Arc;

use chat::{application::ports::Outbox, outbound::postgres::Postgres};
use secrecy::SecretString;
use suite::World;

/// A new database with all tables.
async fn database() -> SecretString {
    let url = fresh_postgres::url().await;
    Postgres::migrate(&url).await.unwrap();
    url
}

async fn world() -> World {
    let store = Postgres::open(&database().await).await.unwrap();
    World::new(Arc::clone(&store) as _, store)
}

contract!(world);

#[tokio::test]
async fn two_replicas_share_the_shards() {
    let url = database().await;
    let one = Postgres::open(&url).await.unwrap();
    let two = Postgres::open(&url).await.unwrap();
    suite::shards::two_replicas_share_the_shards(&*one, &*two).await;
}

#[tokio::test]
async fn a_commit_wakes_the_replica_that_relays_its_shard() {
    let url = database().await;
    let one = Postgres::open(&url).await.unwrap();
    let two = Postgres::open(&url).await.unwrap();
    let outbox: Arc<dyn Outbox> = two;
    suite::shards::a_commit_wakes_the_replica_that_relays_its_shard(one, outbox).await;
}

#[tokio::test]
async fn two_replicas_give_one_dense_sequence() {
    let url = database().await;
    let one = Postgres::open(&url).await.unwrap();
    let two = Postgres::open(&url).await.unwrap();
    let one = World::new(Arc::clone(&one) as _, one);
    let two = World::new(Arc::clone(&two) as _, two);
    suite::ordering::two_replicas_give_one_dense_sequence(&one, &two).await;
}
