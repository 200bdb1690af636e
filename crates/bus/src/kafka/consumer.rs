//! One member of a consumer group.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::FutureExt;
use rdkafka::{
    ClientContext, Offset, Statistics, TopicPartitionList,
    config::RDKafkaLogLevel,
    consumer::{
        BaseConsumer, CommitMode, Consumer as _, ConsumerContext, Rebalance, StreamConsumer,
    },
    error::{KafkaError, KafkaResult},
    message::BorrowedMessage,
};
use tokio::time::Instant;

use super::{client, positions::Positions, record, settings::KafkaSettings};
use crate::{ConsumeError, Consumer, Received, metrics::Metrics};

/// How long going back may take: it asks no broker.
const SEEK_WAIT: Duration = Duration::from_secs(5);

/// How long a member that is dropped waits until it has left its group, so that the others need not
/// wait for its session to end.
const LEAVE_WAIT: Duration = Duration::from_secs(2);

/// A member that reads its share of the partitions.
pub(super) struct KafkaConsumer {
    /// `None` only while it is dropped.
    client: Option<Arc<StreamConsumer<Ownership>>>,
    group: String,
    metrics: Metrics,
    /// Records were received which have to come again before any other.
    going_back: bool,
}

/// Follows which partitions are ours.
#[derive(Default)]
struct Ownership {
    positions: Mutex<Positions>,
}

impl Ownership {
    fn positions(&self) -> MutexGuard<'_, Positions> {
        self.positions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl ClientContext for Ownership {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        client::log(level, facility, message);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        client::report(&error, reason);
    }
}

impl ConsumerContext for Ownership {
    fn pre_rebalance(&self, _: &BaseConsumer<Self>, rebalance: &Rebalance<'_>) {
        let mut positions = self.positions();
        match rebalance {
            Rebalance::Assign(partitions) => {
                tracing::debug!(?partitions, "partitions assigned");
                for partition in partitions.elements() {
                    positions.assign(partition.topic(), partition.partition());
                }
            }
            Rebalance::Revoke(partitions) => {
                tracing::debug!(?partitions, "partitions revoked");
                for partition in partitions.elements() {
                    positions.revoke(partition.topic(), partition.partition());
                }
            }
            Rebalance::Error(error) => tracing::warn!(%error, "rebalancing failed"),
        }
    }

    fn commit_callback(&self, result: KafkaResult<()>, _: &TopicPartitionList) {
        // The next commit covers this one; until then the records may come again.
        if let Err(error) = result {
            tracing::warn!(%error, "offsets could not be committed");
        }
    }
}

impl KafkaConsumer {
    pub(super) fn join(
        settings: &KafkaSettings,
        group: &str,
        topics: &[&str],
        metrics: Metrics,
    ) -> Result<Self, ConsumeError> {
        let refused = |error: &dyn std::fmt::Display| ConsumeError::Refused(error.to_string());
        let mut config = settings.client().map_err(|error| refused(&error))?;
        config
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("auto.offset.reset", "earliest")
            .set("isolation.level", "read_committed")
            .set("partition.assignment.strategy", "cooperative-sticky")
            // A killed member stalls its rooms no longer than this; brokers allow no less.
            .set("session.timeout.ms", "6000")
            .set("heartbeat.interval.ms", "2000")
            // Who does not ask for records for so long is stuck: its partitions go elsewhere.
            .set("max.poll.interval.ms", "60000")
            .set("fetch.error.backoff.ms", "100")
            .set("fetch.queue.backoff.ms", "10")
            .set("queued.max.messages.kbytes", "16384")
            // New partitions and topics that are made after their readers are found by this.
            .set("topic.metadata.refresh.interval.ms", "5000")
            .set("allow.auto.create.topics", "false");
        let client: StreamConsumer<Ownership> = config
            .create_with_context(Ownership::default())
            .map_err(|error| refused(&error))?;
        client.subscribe(topics).map_err(|error| refused(&error))?;
        Ok(Self {
            client: Some(Arc::new(client)),
            group: group.to_owned(),
            metrics,
            going_back: false,
        })
    }

    fn client(&self) -> &Arc<StreamConsumer<Ownership>> {
        self.client
            .as_ref()
            .expect("a consumer lives until its drop")
    }

    /// Goes back to the first record of each partition that is not committed.
    async fn go_back(&mut self) -> Result<(), ConsumeError> {
        let client = self.client().clone();
        let seek = tokio::task::spawn_blocking(move || seek_uncommitted(&client));
        seek.await
            .map_err(|error| ConsumeError::Unavailable(error.to_string()))??;
        self.going_back = false;
        Ok(())
    }

    /// Waits for one message.
    async fn next(&self) -> Result<Received, ConsumeError> {
        loop {
            if let Some(received) = understand(self.client().recv().await)? {
                return Ok(received);
            }
        }
    }
}

#[async_trait]
impl Consumer for KafkaConsumer {
    async fn receive(&mut self, max: usize) -> Result<Vec<Received>, ConsumeError> {
        loop {
            if self.going_back {
                self.go_back().await?;
            }
            let mut batch = vec![self.next().await?];
            // From here on nothing waits, so nothing can be cancelled.
            while batch.len() < max {
                let Some(message) = self.client().recv().now_or_never() else {
                    break;
                };
                match understand(message) {
                    Ok(received) => batch.extend(received),
                    Err(error) => {
                        // What was taken is handed out first; a lasting error comes again.
                        tracing::warn!(%error, "receiving was interrupted");
                        break;
                    }
                }
            }
            let mut positions = self.client().context().positions();
            // Taking messages also serves rebalances: some may belong to another member by now.
            batch.retain(|received| positions.owns(received));
            for received in &batch {
                positions.received(received);
            }
            drop(positions);
            if !batch.is_empty() {
                self.metrics.consumed(&self.group, &batch);
                return Ok(batch);
            }
        }
    }

    async fn commit(&mut self, done: &[Received]) -> Result<(), ConsumeError> {
        let started = Instant::now();
        let client = self.client();
        let commits = client.context().positions().commit(done);
        if commits.is_empty() {
            return Ok(());
        }
        let mut offsets = TopicPartitionList::with_capacity(commits.len());
        for ((topic, partition), next) in commits {
            offsets
                .add_partition_offset(&topic, partition, Offset::Offset(next))
                .map_err(|error| ConsumeError::Unavailable(error.to_string()))?;
        }
        // Not waited for: a commit that gets lost only makes records come again, and waiting would
        // cost each batch a round trip.
        client
            .commit(&offsets, CommitMode::Async)
            .map_err(|error| ConsumeError::Unavailable(error.to_string()))?;
        self.metrics.committed(&self.group, started.elapsed());
        Ok(())
    }

    async fn rewind(&mut self) -> Result<(), ConsumeError> {
        self.going_back = true;
        self.go_back().await
    }
}

/// `None` for what only concerns the connection: the client goes on trying by itself.
fn understand(
    message: Result<BorrowedMessage<'_>, KafkaError>,
) -> Result<Option<Received>, ConsumeError> {
    match message {
        Ok(message) => Ok(Some(record::received(&message))),
        Err(error @ KafkaError::MessageConsumptionFatal(_)) => {
            Err(ConsumeError::Refused(error.to_string()))
        }
        Err(error) if client::is_refusal(&error) => Err(ConsumeError::Refused(error.to_string())),
        Err(error) => {
            client::report(&error, "while consuming");
            Ok(None)
        }
    }
}

fn seek_uncommitted(client: &StreamConsumer<Ownership>) -> Result<(), ConsumeError> {
    let starts = client.context().positions().uncommitted();
    if starts.is_empty() {
        return Ok(());
    }
    let unavailable = |error: KafkaError| ConsumeError::Unavailable(error.to_string());
    let mut offsets = TopicPartitionList::with_capacity(starts.len());
    for (topic, partition, start) in &starts {
        offsets
            .add_partition_offset(topic, *partition, Offset::Offset(*start))
            .map_err(unavailable)?;
    }
    let done = client
        .seek_partitions(offsets, SEEK_WAIT)
        .map_err(unavailable)?;
    let mut positions = client.context().positions();
    for partition in done.elements() {
        partition.error().map_err(unavailable)?;
        positions.went_back(partition.topic(), partition.partition());
    }
    Ok(())
}

impl Drop for KafkaConsumer {
    fn drop(&mut self) {
        // Leaving the group talks to the broker, which may be away.
        let client = self.client.take();
        let (left, leaving) = std::sync::mpsc::channel::<()>();
        let spawned = std::thread::Builder::new()
            .name("kafka-leave".into())
            .spawn(move || {
                drop(client);
                drop(left);
            });
        if spawned.is_ok() {
            // An error says that it has left.
            let _ = leaving.recv_timeout(LEAVE_WAIT);
        }
    }
}
