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

/// Administration of the topics.
pub(super) struct Topics {
    admin: Arc<AdminClient<Reports>>,
    replication: u16,
}

impl Topics {
    pub(super) fn new(settings: &KafkaSettings) -> Result<Self, BusError> {
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
        let replication = TopicReplication::Fixed(i32::from(self.replication));
        let new = NewTopic::new(topic, partitions, replication);
        let results = self.admin.create_topics([&new], &options()).await;
        match outcome(results) {
            Err(KafkaError::AdminOp(RDKafkaErrorCode::TopicAlreadyExists)) => {}
            other => return other.map_err(|error| bus_error(&error)),
        }

        if self.partitions(topic).await? >= partitions {
            return Ok(());
        }
        let count = usize::try_from(partitions).unwrap_or(1);
        let more = NewPartitions::new(topic, count);
        let results = self.admin.create_partitions([&more], &options()).await;
        match outcome(results) {
            // Another replica of the service was quicker.
            Err(KafkaError::AdminOp(RDKafkaErrorCode::InvalidPartitions))
                if self.partitions(topic).await? >= partitions =>
            {
                Ok(())
            }
            other => other.map_err(|error| bus_error(&error)),
        }
    }

    async fn partitions(&self, topic: &str) -> Result<i32, BusError> {
        let name = topic.to_owned();
        let count = self
            .ask(move |admin| {
                let metadata = admin.inner().fetch_metadata(Some(&name), ASK_WAIT)?;
                let found = metadata.topics().iter().find(|found| found.name() == name);
                Ok(found.map_or(0, |found| found.partitions().len()))
            })
            .await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
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
