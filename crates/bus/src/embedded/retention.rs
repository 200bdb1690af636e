//! Retention: records that every group is done with are removed soon, all others after a week.

use std::{sync::Weak, time::Duration};

use sqlite::Database;

use super::{log::Log, store};

/// How long a record waits for its groups, and a dead letter for a reader: as Kafka's default.
const KEEP_SECONDS: i64 = 7 * 24 * 3600;

/// How often the log is trimmed.
const EVERY: Duration = Duration::from_secs(30);

/// Records per transaction: few, for chat's own writes wait meanwhile.
const PER_TRANSACTION: i64 = 500;

/// Trims until the log is dropped.
pub(super) async fn run(db: Database, log: Weak<Log>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(places) = log.upgrade().map(|log| log.places()) else {
            return;
        };
        for place in places {
            if let Err(error) = trim(&db, place).await {
                tracing::warn!(%error, "event log could not be trimmed");
            }
        }
    }
}

async fn trim(db: &Database, place: store::Place) -> Result<(), sqlx::Error> {
    // Bounded by what was there when it began: it deletes faster than anyone appends.
    while store::trim(db, place, KEEP_SECONDS, PER_TRANSACTION).await?
        >= PER_TRANSACTION.unsigned_abs()
    {
        tokio::task::yield_now().await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{Bus, CloudEvent, Record, embedded};

    fn record(number: usize) -> Record {
        let event = CloudEvent {
            id: number.to_string(),
            source: "/test".into(),
            r#type: "test.happened".into(),
            subject: None,
            time: datetime!(2026-11-21 10:00 UTC),
            traceparent: None,
        };
        Record::new("key", event, "value")
    }

    async fn kept(db: &Database) -> i64 {
        sqlx::query_scalar("SELECT count(*) FROM bus_records")
            .fetch_one(db.read())
            .await
            .expect("counted")
    }

    async fn consume(bus: &dyn Bus, group: &str, count: usize) {
        let mut consumer = bus.subscribe(group, &["topic"]).await.expect("joined");
        let batch = consumer.receive(count).await.expect("received");
        consumer.commit(&batch).await.expect("committed");
    }

    #[tokio::test]
    async fn records_stay_until_every_group_is_done_with_them() {
        let db = Database::temporary().await.expect("database");
        let bus = embedded(db.clone()).await.expect("log");
        bus.ensure_topic("topic", 1).await.expect("topic");
        let place = store::Place {
            topic: store::topics(&db)
                .await
                .expect("topics")
                .iter()
                .find(|topic| topic.name == "topic")
                .expect("the topic")
                .id,
            partition: 0,
        };
        let records = (0..10).map(record).collect();
        bus.publisher().publish("topic", records).await;

        trim(&db, place).await.expect("trimmed");
        assert_eq!(kept(&db).await, 10, "nobody has read it yet");
        consume(&*bus, "quick", 10).await;
        consume(&*bus, "slow", 4).await;
        trim(&db, place).await.expect("trimmed");
        assert_eq!(kept(&db).await, 6, "the slow group still needs the rest");
        consume(&*bus, "slow", 10).await;
        trim(&db, place).await.expect("trimmed");
        assert_eq!(kept(&db).await, 0);
    }
}
