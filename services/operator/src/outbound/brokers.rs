//! Kafka's topics. A connection lives only as long as a look: topics are looked at every few minutes.

use std::collections::BTreeMap;

use async_trait::async_trait;
use bus::{BusError, KafkaSettings, KafkaTopics};

use crate::domain::topics::{Change, Existing};
use crate::ports::{Brokers, Unavailable};
use crate::resources::messenger::Topics;

/// The brokers that the settings name.
pub struct KafkaBrokers;

#[async_trait]
impl Brokers for KafkaBrokers {
    async fn describe(
        &self,
        access: &KafkaSettings,
        wanted: &Topics,
    ) -> Result<BTreeMap<String, Existing>, Unavailable> {
        let away = |error: BusError| unavailable(access, &error);
        let topics = KafkaTopics::new(access).map_err(away)?;
        let mut existing = BTreeMap::new();
        for topic in wanted.partitions.keys() {
            if let Some(found) = topics.describe(topic).await.map_err(away)? {
                let found = Existing {
                    partitions: found.partitions,
                    replication: found.replication,
                };
                existing.insert(topic.clone(), found);
            }
        }
        Ok(existing)
    }

    async fn apply(&self, access: &KafkaSettings, change: &Change) -> Result<(), Unavailable> {
        let done = async {
            match change {
                Change::Create {
                    topic,
                    partitions,
                    replication,
                } => {
                    let mut access = access.clone();
                    access.replication = u16::try_from(*replication).unwrap_or(1);
                    KafkaTopics::new(&access)?.create(topic, *partitions).await
                }
                Change::Grow { topic, partitions } => {
                    KafkaTopics::new(access)?.grow(topic, *partitions).await
                }
            }
        };
        done.await.map_err(|error| unavailable(access, &error))
    }
}

fn unavailable(access: &KafkaSettings, error: &BusError) -> Unavailable {
    Unavailable {
        who: format!("Kafka at {}", access.brokers),
        reason: error.to_string(),
    }
}
