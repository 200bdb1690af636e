//! The embedded log keeps to the contract, and survives its process.

#[path = "contract/suite.rs"]
mod suite;

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use bus::{Bus, CloudEvent, Record, embedded};
use sqlite::Database;
use time::macros::datetime;
use tokio::time::timeout;

const DEADLINE: Duration = Duration::from_secs(10);

struct Embedded {
    db: Database,
    bus: Arc<dyn Bus>,
}

impl Embedded {
    async fn new() -> Self {
        let db = Database::temporary().await.expect("database");
        let bus = embedded(db.clone()).await.expect("log");
        Self { db, bus }
    }
}

#[async_trait]
impl suite::World for Embedded {
    fn bus(&self) -> Arc<dyn Bus> {
        self.bus.clone()
    }

    async fn put_without_headers(&self, topic: &str, key: &str, value: &str) {
        let mut transaction = self.db.write().await.expect("writer");
        sqlx::query(
            "INSERT INTO bus_records (topic_id, partition, key, headers, value)
             SELECT id, 0, ?2, '[]', ?3 FROM bus_topics WHERE name = ?1",
        )
        .bind(topic)
        .bind(key)
        .bind(value.as_bytes())
        .execute(&mut *transaction)
        .await
        .expect("inserted");
        transaction.commit().await.expect("committed");
    }
}

contract!(Embedded::new());

fn record(value: &'static str) -> Record {
    let event = CloudEvent {
        id: value.into(),
        source: "/test".into(),
        r#type: "test.happened".into(),
        subject: None,
        time: datetime!(2026-11-21 10:00 UTC),
        traceparent: None,
    };
    Record::new("key", event, value)
}

async fn publish(bus: &dyn Bus, value: &'static str) {
    let results = bus.publisher().publish("topic", vec![record(value)]).await;
    results[0].as_ref().expect("published");
}

/// Receives one record, and commits it.
async fn receive(bus: &dyn Bus) -> Vec<u8> {
    let mut consumer = bus.subscribe("group", &["topic"]).await.expect("group");
    let batch = timeout(DEADLINE, consumer.receive(1))
        .await
        .expect("a record in time")
        .expect("received");
    consumer.commit(&batch).await.expect("committed");
    batch[0].record.clone().expect("a record").value.to_vec()
}

async fn open(path: &Path) -> (Database, Arc<dyn Bus>) {
    let db = Database::open(path).await.expect("database");
    let bus = embedded(db.clone()).await.expect("log");
    (db, bus)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn topics_records_and_commits_survive_a_restart() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("log.sqlite");
    {
        let (db, bus) = open(&path).await;
        bus.ensure_topic("topic", 4).await.expect("topic");
        publish(&*bus, "first").await;
        publish(&*bus, "second").await;
        assert_eq!(receive(&*bus).await, b"first");
        drop(bus);
        db.close().await;
    }
    let (_db, bus) = open(&path).await;
    assert_eq!(receive(&*bus).await, b"second");
    publish(&*bus, "third").await;
    assert_eq!(receive(&*bus).await, b"third");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_was_not_made_is_refused() {
    let world = Embedded::new().await;
    let results = world
        .bus
        .publisher()
        .publish("topic", vec![record("1")])
        .await;
    let error = results[0].as_ref().expect_err("no topic");
    assert_eq!(
        error.to_string(),
        "record is refused: there is no topic topic"
    );
}
