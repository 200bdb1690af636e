//! The relay between an outbox in memory and a log that fails as it likes.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bus::{PublishError, Publisher, Record};
use bytes::Bytes;
use parking_lot::Mutex;
use time::OffsetDateTime;
use tokio::{sync::Notify, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use super::Relay;
use crate::application::ports::{
    Backlog, Clock, Outbox, OutboxPlace, OutboxRow, Shard, ShardOwnership, StoreError,
};

/// An outbox in memory, shared by the replicas of a test.
#[derive(Default)]
struct Memory {
    rows: Mutex<BTreeMap<OutboxPlace, OutboxRow>>,
    claims: Mutex<HashMap<Shard, u32>>,
    replicas: AtomicU32,
    names: AtomicU32,
    wake: Notify,
    reads: AtomicU32,
}

/// One replica's view of it.
struct Replica(Arc<Memory>);

struct Claims {
    memory: Arc<Memory>,
    name: u32,
}

impl Memory {
    fn commit(&self, key: Uuid, position: i64) {
        let place = OutboxPlace {
            shard: Shard::of(key),
            position,
        };
        let row = OutboxRow {
            place,
            key,
            event_id: Uuid::from_u128(position.cast_unsigned().into()),
            event_type: "message.created".to_owned(),
            payload: Bytes::from(position.to_string()),
            traceparent: None,
            at: OffsetDateTime::UNIX_EPOCH,
        };
        self.rows.lock().insert(place, row);
        self.wake.notify_waiters();
    }

    fn shards_of(&self, name: u32) -> usize {
        self.claims
            .lock()
            .values()
            .filter(|owner| **owner == name)
            .count()
    }
}

#[async_trait]
impl Outbox for Replica {
    async fn ownership(&self) -> Result<Box<dyn ShardOwnership>, StoreError> {
        self.0.replicas.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(Claims {
            memory: Arc::clone(&self.0),
            name: self.0.names.fetch_add(1, Ordering::SeqCst),
        }))
    }

    async fn pending(
        &self,
        shards: &[Shard],
        except: &[Uuid],
        per_shard: u32,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        self.0.reads.fetch_add(1, Ordering::SeqCst);
        let rows = self.0.rows.lock();
        let mut found = Vec::new();
        for shard in shards {
            let of_shard = rows
                .values()
                .filter(|row| row.place.shard == *shard && !except.contains(&row.key));
            found.extend(of_shard.take(per_shard as usize).cloned());
        }
        Ok(found)
    }

    async fn remove(&self, places: &[OutboxPlace]) -> Result<(), StoreError> {
        let mut rows = self.0.rows.lock();
        for place in places {
            rows.remove(place);
        }
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        Ok(Backlog::default())
    }

    async fn woken(&self) {
        self.0.wake.notified().await;
    }
}

#[async_trait]
impl ShardOwnership for Claims {
    async fn replicas(&mut self) -> Result<u32, StoreError> {
        Ok(self.memory.replicas.load(Ordering::SeqCst))
    }

    async fn try_claim(&mut self, shard: Shard) -> Result<bool, StoreError> {
        let mut claims = self.memory.claims.lock();
        Ok(*claims.entry(shard).or_insert(self.name) == self.name)
    }

    async fn release(&mut self, shard: Shard) -> Result<(), StoreError> {
        self.memory.claims.lock().remove(&shard);
        Ok(())
    }
}

impl Drop for Claims {
    fn drop(&mut self) {
        self.memory.replicas.fetch_sub(1, Ordering::SeqCst);
        self.memory
            .claims
            .lock()
            .retain(|_, owner| *owner != self.name);
    }
}

/// A log that fails about every third record while it is moody, and all of some keys.
#[derive(Default)]
struct Log {
    records: Mutex<Vec<(String, i64)>>,
    moody: AtomicBool,
    refused: Mutex<BTreeSet<String>>,
    count: AtomicU32,
}

#[async_trait]
impl Publisher for Log {
    async fn publish(&self, _: &str, records: Vec<Record>) -> Vec<Result<(), PublishError>> {
        tokio::task::yield_now().await;
        let mut failed = BTreeSet::new();
        let mut answers = Vec::new();
        for record in records {
            let count = self.count.fetch_add(1, Ordering::SeqCst);
            let fails = self.refused.lock().contains(&record.key)
                || (self.moody.load(Ordering::SeqCst) && unlucky(count));
            if fails || failed.contains(&record.key) {
                failed.insert(record.key);
                answers.push(Err(PublishError::Unavailable("moody".to_owned())));
                continue;
            }
            let position = std::str::from_utf8(&record.value).unwrap().parse().unwrap();
            self.records.lock().push((record.key, position));
            answers.push(Ok(()));
        }
        answers
    }
}

/// Without a rhythm that a send could fall in with.
fn unlucky(count: u32) -> bool {
    xxh3_64(&count.to_le_bytes()).is_multiple_of(3)
}

impl Log {
    /// The first copies of a key's records, in their order.
    fn first_copies(&self, key: Uuid) -> Vec<i64> {
        let mut first = Vec::new();
        for (_, position) in self
            .records
            .lock()
            .iter()
            .filter(|(of, _)| *of == key.to_string())
        {
            if !first.contains(position) {
                first.push(*position);
            }
        }
        first
    }
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }
}

fn start(memory: &Arc<Memory>, log: &Arc<Log>) -> (JoinHandle<()>, CancellationToken) {
    let stop = CancellationToken::new();
    let outbox = Arc::new(Replica(Arc::clone(memory)));
    let relay = Relay::new(outbox, log.clone(), Arc::new(Fixed));
    (tokio::spawn(relay.run(stop.clone())), stop)
}

async fn until(what: &str, condition: impl Fn() -> bool) {
    let waited = timeout(Duration::from_mins(1), async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("{what}"));
}

fn rooms(count: u128) -> Vec<Uuid> {
    (1..=count).map(Uuid::from_u128).collect()
}

#[tokio::test(start_paused = true)]
async fn a_failing_log_costs_neither_order_nor_a_row() {
    let (memory, log) = (Arc::<Memory>::default(), Arc::<Log>::default());
    log.moody.store(true, Ordering::SeqCst);
    let (relay, stop) = start(&memory, &log);
    let rooms = rooms(40);
    for (position, room) in (0..400).zip(rooms.iter().cycle()) {
        memory.commit(*room, position);
    }
    until("the outbox empties", || memory.rows.lock().is_empty()).await;
    for (first, room) in (0..).zip(&rooms) {
        let expected: Vec<i64> = (0..10).map(|lap| first + lap * 40).collect();
        assert_eq!(log.first_copies(*room), expected);
    }
    assert_eq!(log.records.lock().len(), 400, "no copies without a crash");
    stop.cancel();
    relay.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_relay_killed_half_way_leaves_copies_but_no_gaps() {
    let (memory, log) = (Arc::<Memory>::default(), Arc::<Log>::default());
    let rooms = rooms(3);
    for (position, room) in (0..3_000).zip(rooms.iter().cycle()) {
        memory.commit(*room, position);
    }
    for kill_at in [1, 400, 900, 1_700] {
        let (relay, _stop) = start(&memory, &log);
        until("some are sent", || log.records.lock().len() >= kill_at).await;
        relay.abort();
        assert!(relay.await.unwrap_err().is_cancelled());
    }
    let (relay, stop) = start(&memory, &log);
    until("the outbox empties", || memory.rows.lock().is_empty()).await;
    for (first, room) in (0..).zip(&rooms) {
        let expected: Vec<i64> = (0..1_000).map(|lap| first + lap * 3).collect();
        assert_eq!(log.first_copies(*room), expected);
    }
    stop.cancel();
    relay.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_room_that_cannot_be_published_does_not_starve_its_shard() {
    let (memory, log) = (Arc::<Memory>::default(), Arc::<Log>::default());
    let stuck = Uuid::from_u128(1);
    let neighbour = (2..10_000)
        .map(Uuid::from_u128)
        .find(|room| Shard::of(*room) == Shard::of(stuck))
        .unwrap();
    log.refused.lock().insert(stuck.to_string());
    for position in 0..1_000 {
        memory.commit(stuck, position);
    }
    memory.commit(neighbour, 1_000);
    let (relay, stop) = start(&memory, &log);
    until("the neighbour is published", || {
        log.first_copies(neighbour) == [1_000]
    })
    .await;

    log.refused.lock().clear();
    until("the outbox empties", || memory.rows.lock().is_empty()).await;
    assert_eq!(log.first_copies(stuck), (0..1_000).collect::<Vec<_>>());
    stop.cancel();
    relay.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn replicas_share_the_shards_and_a_dead_ones_are_taken_over() {
    let (memory, log) = (Arc::<Memory>::default(), Arc::<Log>::default());
    let (first, _) = start(&memory, &log);
    until("one has all", || memory.shards_of(0) == 64).await;
    let (second, stop) = start(&memory, &log);
    until("both have half", || {
        memory.shards_of(0) == 32 && memory.shards_of(1) == 32
    })
    .await;

    first.abort();
    until("the other has all", || memory.shards_of(1) == 64).await;
    let room = Uuid::from_u128(9);
    memory.commit(room, 1);
    until("it is published", || log.first_copies(room) == [1]).await;
    stop.cancel();
    second.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn an_idle_relay_asks_once_a_poll_for_all_shards() {
    let (memory, log) = (Arc::<Memory>::default(), Arc::<Log>::default());
    let (relay, stop) = start(&memory, &log);
    until("one has all", || memory.shards_of(0) == 64).await;
    let before = memory.reads.load(Ordering::SeqCst);
    tokio::time::sleep(Duration::from_secs(10)).await;
    let reads = memory.reads.load(Ordering::SeqCst) - before;
    assert!((15..=25).contains(&reads), "{reads} reads in 10 s");
    stop.cancel();
    relay.await.unwrap();
}
