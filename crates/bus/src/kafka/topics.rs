//! Topics: making them, adding partitions, and whether the brokers answer.

use std::{sync::Arc, time::Duration};

use rdkafka::{
    admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication, TopicResult},
    error::{KafkaError, RDKafkaErrorCode},
};

use super::{
    client::{self, Reports},
    settings::KafkaSettings,
};
use crate::BusError;

/// How long the brokers may take to make or change a topic.
const CHANGE_WAIT: Duration = Duration::from_secs(10);
/// How long a question may take.
const ASK_WAIT: Duration = Duration::from_secs(3);

/// Administration of topics. Nothing is ever taken away.
pub struct KafkaTopics {
    admin: Arc<AdminClient<Reports>>,
    replication: u16,
}

/// A topic as the brokers have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopicState {
    /// Its partitions.
    pub partitions: i32,
    /// Copies of the partition that has the fewest.
    pub replication: i32,
}

impl KafkaTopics {
    /// Connects when it is first used.
    pub fn new(settings: &KafkaSettings) -> Result<Self, BusError> {
        let admin = settings
            .client()?
            .create_with_context(Reports)
            .map_err(|error| BusError::Settings(error.to_string()))?;
        Ok(Self {
            admin: Arc::new(admin),
            replication: settings.replication,
        })
    }

    /// Makes the topic, or adds partitions when it has fewer.
    pub(super) async fn ensure(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        self.create(topic, partitions).await?;
        if self.partitions(topic).await? >= partitions {
            return Ok(());
        }
        self.grow(topic, partitions).await
    }

    /// Makes the topic; one that is there stays as it is.
    pub async fn create(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        let replication = TopicReplication::Fixed(i32::from(self.replication));
        let new = NewTopic::new(topic, partitions, replication);
        let results = self.admin.create_topics([&new], &options()).await;
        match outcome(results) {
            Err(KafkaError::AdminOp(RDKafkaErrorCode::TopicAlreadyExists)) => Ok(()),
            other => other.map_err(|error| bus_error(&error)),
        }
    }

    /// Adds partitions until there are so many.
    pub async fn grow(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        let count = usize::try_from(partitions).unwrap_or(1);
        let more = NewPartitions::new(topic, count);
        let results = self.admin.create_partitions([&more], &options()).await;
        match outcome(results) {
            // Somebody else was quicker.
            Err(KafkaError::AdminOp(RDKafkaErrorCode::InvalidPartitions))
                if self.partitions(topic).await? >= partitions =>
            {
                Ok(())
            }
            other => other.map_err(|error| bus_error(&error)),
        }
    }

    /// The topic as the brokers have it; `None` where there is none.
    pub async fn describe(&self, topic: &str) -> Result<Option<TopicState>, BusError> {
        let name = topic.to_owned();
        self.ask(move |admin| {
            // Of all topics: asking for one by its name may make it.
            let metadata = admin.inner().fetch_metadata(None, ASK_WAIT)?;
            let found = metadata.topics().iter().find(|found| found.name() == name);
            Ok(found.map(|found| {
                let partitions = found.partitions();
                let copies = partitions
                    .iter()
                    .map(|partition| partition.replicas().len());
                TopicState {
                    partitions: i32::try_from(partitions.len()).unwrap_or(i32::MAX),
                    replication: i32::try_from(copies.min().unwrap_or(0)).unwrap_or(i32::MAX),
                }
            }))
        })
        .await
    }

    async fn partitions(&self, topic: &str) -> Result<i32, BusError> {
        Ok(self
            .describe(topic)
            .await?
            .map_or(0, |topic| topic.partitions))
    }

    /// Whether the brokers answer.
    pub(super) async fn check(&self) -> Result<(), BusError> {
        self.ask(|admin| admin.inner().fetch_metadata(None, ASK_WAIT).map(drop))
            .await
    }

    /// The client waits on the thread that asks.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&AdminClient<Reports>) -> Result<T, KafkaError> + Send + 'static,
    ) -> Result<T, BusError> {
        let admin = self.admin.clone();
        tokio::task::spawn_blocking(move || question(&admin))
            .await
            .map_err(|error| BusError::Unavailable(error.to_string()))?
            .map_err(|error| bus_error(&error))
    }
}

fn options() -> AdminOptions {
    AdminOptions::new()
        .request_timeout(Some(CHANGE_WAIT))
        .operation_timeout(Some(CHANGE_WAIT))
}

/// What became of the one topic that was asked for.
fn outcome(results: Result<Vec<TopicResult>, KafkaError>) -> Result<(), KafkaError> {
    for result in results? {
        result.map_err(|(_, code)| KafkaError::AdminOp(code))?;
    }
    Ok(())
}

fn bus_error(error: &KafkaError) -> BusError {
    if client::is_refusal(error) {
        BusError::Refused(error.to_string())
    } else {
        BusError::Unavailable(error.to_string())
    }
}
