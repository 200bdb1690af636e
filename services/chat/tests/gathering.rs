//! What senders are told while the store fails or is slow.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

#[path = "contract/world.rs"]
#[allow(
    dead_code,
    reason = "the world of the contract has more than is needed here"
)]
mod world;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    application::ports::{Snapshot, Store, StoreError, Transaction},
    domain::Epoch,
    outbound::sqlite::Sqlite,
};
use futures::future::join_all;
use secrecy::SecretString;
use tokio::{sync::Semaphore, time::timeout};
use world::{World, assert_dense, outcomes};

const PATIENCE: Duration = Duration::from_secs(20);

/// A store that can be made to fail, or to wait.
struct Moody {
    store: Arc<Sqlite>,
    failing: AtomicBool,
    permits: Semaphore,
    transactions: AtomicUsize,
}

impl Moody {
    async fn world() -> (Arc<Self>, World) {
        let database = sqlite::Database::temporary().await.unwrap();
        Sqlite::migrate(&database).await.unwrap();
        let store = Sqlite::open(database).await.unwrap();
        let moody = Arc::new(Self {
            store: Arc::clone(&store),
            failing: AtomicBool::new(false),
            permits: Semaphore::new(Semaphore::MAX_PERMITS),
            transactions: AtomicUsize::new(0),
        });
        let world = World::new(moody.clone(), store);
        (moody, world)
    }
}

#[async_trait]
impl Store for Moody {
    fn epoch(&self) -> Epoch {
        self.store.epoch()
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.store.snapshot().await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError> {
        self.permits.acquire().await.unwrap().forget();
        self.transactions.fetch_add(1, Ordering::Relaxed);
        if self.failing.load(Ordering::Relaxed) {
            return Err(StoreError::Unavailable("the disk is away".into()));
        }
        self.store.begin().await
    }

    async fn signing_key_or_insert(&self, key: &SecretString) -> Result<SecretString, StoreError> {
        self.store.signing_key_or_insert(key).await
    }

    async fn healthy(&self) -> Result<(), StoreError> {
        self.store.healthy().await
    }
}

#[tokio::test]
async fn while_the_store_fails_every_send_is_told_and_later_ones_succeed() {
    let (store, world) = Moody::world().await;
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    store.failing.store(true, Ordering::Relaxed);
    let sends = (0..50).map(|_| world.ask(world.message(anna, room, "hello")));
    assert_eq!(outcomes(join_all(sends).await)["unavailable"], 50);

    store.failing.store(false, Ordering::Relaxed);
    world.say(anna, room, "hello").await;
    assert_dense(&world.events(room).await);
}

#[tokio::test]
async fn sends_that_wait_are_committed_together_in_their_order() {
    let (store, world) = Moody::world().await;
    let anna = world.person("anna").await;
    let rooms = [world.group(anna, &[]).await, world.group(anna, &[]).await];
    let before = store.transactions.load(Ordering::Relaxed);
    let sends = (0..200).map(|i| world.ask(world.message(anna, rooms[i % 2], "hello")));
    let sent: Vec<_> = join_all(sends)
        .await
        .into_iter()
        .map(|s| s.unwrap().message.n)
        .collect();
    assert!(sent.chunks(2).map(|pair| pair[0]).is_sorted());
    let transactions = store.transactions.load(Ordering::Relaxed) - before;
    assert!(
        transactions <= 2,
        "{transactions} transactions for 200 sends"
    );
}

#[tokio::test]
async fn a_full_line_turns_sends_away() {
    let (store, world) = Moody::world().await;
    let anna = world.person("anna").await;
    let room = world.group(anna, &[]).await;
    store.permits.forget_permits(Semaphore::MAX_PERMITS);
    let sends = (0..4_000).map(|_| world.ask(world.message(anna, room, "hello")));
    let answers = async {
        let sends = join_all(sends);
        let release = async {
            while store.permits.available_permits() > 0 {
                tokio::task::yield_now().await;
            }
            store.permits.add_permits(2_000);
        };
        tokio::join!(sends, release).0
    };
    let outcomes = outcomes(
        timeout(PATIENCE, answers)
            .await
            .expect("every send is answered"),
    );
    assert!(
        outcomes["ok"] >= 2_048 && outcomes["overloaded"] > 0,
        "{outcomes:?}"
    );
    assert_eq!(outcomes["ok"] + outcomes["overloaded"], 4_000);
    assert_dense(&world.events(room).await);
}
