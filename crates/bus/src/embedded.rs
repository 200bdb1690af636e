//! The embedded adapter: a durable log in the tables `bus_*` of the one `SQLite` file.
//!
//! ```text
//! publish ─┐                         ┌─ one transaction ─▶ bus_records, bus_commits
//! publish ─┼─▶ queue ─▶ writer task ─┤
//! commit  ─┘                         └─ then wakes ─▶ consumers read from the read pool
//! ```
//!
//! What queues up while a transaction commits goes into the next one together, so the file is synced
//! once for all of it. Group membership lives in this process: one process owns the file.

mod consumer;
mod groups;
mod log;
mod retention;
mod store;
mod writer;

use std::sync::Arc;

use async_trait::async_trait;
use sqlite::Database;

use self::{consumer::EmbeddedConsumer, log::Log};
use crate::{
    Bus, BusError, ConsumeError, Consumer, PublishError, Publisher, Record, dead_letter_topic,
    metrics::Metrics,
};

/// Opens the log in this file, and makes its tables when they are missing.
pub async fn embedded(db: Database) -> Result<Arc<dyn Bus>, BusError> {
    let log = Log::open(db, Metrics::new("chappe")).await?;
    Ok(Arc::new(EmbeddedBus { log }))
}

struct EmbeddedBus {
    log: Arc<Log>,
}

struct EmbeddedPublisher {
    log: Arc<Log>,
}

#[async_trait]
impl Publisher for EmbeddedPublisher {
    async fn publish(&self, topic: &str, records: Vec<Record>) -> Vec<Result<(), PublishError>> {
        self.log.append(topic, records).await
    }
}

#[async_trait]
impl Bus for EmbeddedBus {
    fn publisher(&self) -> Arc<dyn Publisher> {
        let log = self.log.clone();
        Arc::new(EmbeddedPublisher { log })
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Consumer>, ConsumeError> {
        let consumer = EmbeddedConsumer::join(self.log.clone(), group, topics).await?;
        Ok(Box::new(consumer))
    }

    async fn ensure_topic(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        if partitions < 1 {
            return Err(BusError::Settings(format!(
                "topic {topic} needs at least one partition, not {partitions}"
            )));
        }
        self.log.ensure_topic(topic, partitions).await?;
        self.log.ensure_topic(&dead_letter_topic(topic), 1).await
    }

    async fn healthy(&self) -> Result<(), BusError> {
        self.log.check().await
    }
}
