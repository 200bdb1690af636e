//! The registry's contract, in Redis; and what only Redis can do.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

#[path = "contract/fixtures.rs"]
mod fixtures;
#[path = "contract/model.rs"]
mod model;
#[path = "contract/suite.rs"]
mod suite;

use std::sync::Arc;
use std::time::Duration;

use fixtures::{SHORT, add, gateway, report, room, step, until};
use notification::application::ports::{Changed, Registered, Registry, Verdict};
use notification::domain::{Change, LEASE};
use notification::outbound::{RedisRegistry, Topology};
use redis::aio::MultiplexedConnection;
use uuid::Uuid;

fn url() -> String {
    std::env::var("CHAPPE_TEST_REDIS_URL").expect(
        "CHAPPE_TEST_REDIS_URL names no Redis: run the tests with `make test`, or set it to \
         redis://host:port",
    )
}

#[expect(clippy::disallowed_methods, reason = "every test has its own keys")]
fn fresh_space() -> String {
    format!("test-{}", Uuid::new_v4())
}

fn within(space: &str, lease: Duration) -> Arc<dyn Registry> {
    let topology: Topology = url().parse().unwrap();
    Arc::new(RedisRegistry::within(&topology, space, lease).unwrap())
}

async fn registry(lease: Duration) -> Arc<dyn Registry> {
    within(&fresh_space(), lease)
}

async fn redis() -> MultiplexedConnection {
    let client = redis::Client::open(url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

async fn keys(space: &str) -> Vec<String> {
    let mut keys = redis::cmd("KEYS");
    keys.arg(format!("{{{space}}}:*"));
    keys.query_async(&mut redis().await).await.unwrap()
}

suite::contract!(registry);

#[test]
fn every_history_is_as_the_model_says() {
    model::every_history_is_as_the_model_says(registry, 64);
}

#[tokio::test]
async fn replicas_see_the_same_registry() {
    let space = fresh_space();
    let (one, other) = (within(&space, LEASE), within(&space, LEASE));
    let a = gateway("a", 1);
    assert_eq!(one.register(&a).await.unwrap(), Registered::Held);
    let noted = other
        .change_interest(&a.incarnation, step(1), &add(&[room(1)]))
        .await;
    assert_eq!(noted.unwrap(), Changed::Noted);
    assert_eq!(
        one.beat(&a.incarnation, &report(&[room(1)])).await.unwrap(),
        Verdict::Agrees
    );
}

#[tokio::test]
async fn an_emptied_redis_is_not_trusted_until_all_have_announced_themselves() {
    let space = fresh_space();
    let registry = within(&space, SHORT);
    let a = gateway("a", 1);
    registry.register(&a).await.unwrap();
    let beat = async || registry.beat(&a.incarnation, &report(&[])).await.unwrap();
    until("the registry is trusted", async || {
        beat().await;
        registry.settle(&[]).await.unwrap()
    })
    .await;

    let mut delete = redis::cmd("DEL");
    delete.arg(keys(&space).await);
    delete.query_async::<()>(&mut redis().await).await.unwrap();

    let lookup = registry.lookup(&[]).await.unwrap();
    assert!(!lookup.trusted);
    assert!(lookup.leases.is_empty());
    assert_eq!(beat().await, Verdict::NoLease);
    registry.register(&a).await.unwrap();
    until("the registry is trusted again", async || {
        beat().await;
        registry
            .settle(std::slice::from_ref(&a.incarnation))
            .await
            .unwrap()
    })
    .await;
}

#[tokio::test]
async fn what_ended_is_swept_away() {
    let space = fresh_space();
    let registry = within(&space, SHORT);
    let topics: Vec<_> = (0..1_200).map(room).collect();
    let left = gateway("left", 1);
    registry.register(&left).await.unwrap();
    registry
        .change_interest(&left.incarnation, step(1), &add(&topics))
        .await
        .unwrap();
    let reset = Change {
        reset: true,
        add: topics.clone(),
        ..Change::default()
    };
    registry
        .change_interest(&left.incarnation, step(2), &reset)
        .await
        .unwrap();
    registry.leave(&left.incarnation).await.unwrap();
    let lapsed = gateway("lapsed", 1);
    registry.register(&lapsed).await.unwrap();
    registry
        .change_interest(&lapsed.incarnation, step(1), &add(&topics))
        .await
        .unwrap();

    let counter = format!("{{{space}}}:generations");
    until("nothing is left", async || {
        while registry.sweep().await.unwrap() {}
        keys(&space).await == [counter.clone()]
    })
    .await;
}

#[tokio::test]
async fn a_redis_that_is_not_there_is_away_at_once() {
    let topology: Topology = "redis://127.0.0.1:1".parse().unwrap();
    let registry = RedisRegistry::new(&topology).unwrap();
    for _ in 0..100 {
        assert!(registry.lookup(&[]).await.is_err());
    }
}
