//! The port: what a service may ask of an event log.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;

use crate::{BusError, ConsumeError, MAX_VALUE_BYTES, PublishError, Received, Record};

/// Appends records to topics.
#[async_trait]
pub trait Publisher: Send + Sync {
    /// Sends in order; result `i` belongs to record `i`, and `Ok` means durable. After a failed
    /// record of a key the later ones of that key in the same call fail too, so that publishing the
    /// failed ones again keeps the order. (Kafka may have kept a later copy: consumers drop what is
    /// not newer.)
    async fn publish(&self, topic: &str, records: Vec<Record>) -> Vec<Result<(), PublishError>>;
}

/// One member of a consumer group. Dropping it hands its partitions to the other members.
#[async_trait]
pub trait Consumer: Send {
    /// Waits for records, and takes what is there: 1 to `max`, in order within a partition.
    /// Cancelling it loses nothing.
    async fn receive(&mut self, max: usize) -> Result<Vec<Received>, ConsumeError>;

    /// The records of these partitions up to these are done and will not be delivered again.
    /// Partitions that belong to another member by now are left out: that member gets the records
    /// again.
    async fn commit(&mut self, done: &[Received]) -> Result<(), ConsumeError>;

    /// Goes back to the last commit: what was received since is delivered again.
    async fn rewind(&mut self) -> Result<(), ConsumeError>;
}

/// An event log.
#[async_trait]
pub trait Bus: Send + Sync {
    /// A publisher; all share one connection.
    fn publisher(&self) -> Arc<dyn Publisher>;

    /// Joins a consumer group, which begins with the oldest record that is kept.
    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Consumer>, ConsumeError>;

    /// Makes the topic and its dead-letter topic when they are missing, and adds partitions when it
    /// has fewer. Never takes partitions away.
    async fn ensure_topic(&self, topic: &str, partitions: i32) -> Result<(), BusError>;

    /// Whether the log answers now.
    async fn healthy(&self) -> Result<(), BusError>;
}

/// What publishing may refuse before it asks the log: values that are too large, and what comes
/// after them under the same key.
pub(crate) fn refuse_unfit(records: &[Record]) -> Vec<Result<(), PublishError>> {
    let mut failed = HashSet::new();
    records
        .iter()
        .map(|record| {
            let size = record.value.len();
            if size > MAX_VALUE_BYTES {
                failed.insert(record.key.as_str());
                let reason = format!("value of {size} bytes is larger than {MAX_VALUE_BYTES}");
                return Err(PublishError::Refused(reason));
            }
            if failed.contains(record.key.as_str()) {
                return Err(PublishError::OutOfTurn);
            }
            Ok(())
        })
        .collect()
}
