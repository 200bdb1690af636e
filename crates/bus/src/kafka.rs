//! The Kafka adapter.
//!
//! Records are `CloudEvents` in binary mode (`ce_*` headers, the bare protobuf message as the
//! value). The producer is idempotent and waits for all replicas; consumers share partitions
//! cooperatively and commit by hand. A key's partition is found as Kafka's own clients find it.

mod client;
mod consumer;
mod positions;
mod publisher;
mod record;
mod settings;
mod topics;

use std::sync::Arc;

use async_trait::async_trait;

pub use self::settings::{
    Authorities, Identity, KafkaSettings, Sasl, SaslMechanism, Security, Tls,
};
pub use self::topics::{KafkaTopics, TopicState};
use self::{consumer::KafkaConsumer, publisher::KafkaPublisher};
use crate::{
    Bus, BusError, ConsumeError, Consumer, Publisher, dead_letter_topic, metrics::Metrics,
};

/// A log on Kafka. Connects when it is first used, and goes on trying for as long as it lives.
pub fn kafka(settings: KafkaSettings) -> Result<Arc<dyn Bus>, BusError> {
    let metrics = Metrics::new("kafka");
    let publisher = KafkaPublisher::new(&settings, metrics.clone())?;
    Ok(Arc::new(KafkaBus {
        publisher: Arc::new(publisher),
        topics: KafkaTopics::new(&settings)?,
        settings,
        metrics,
    }))
}

struct KafkaBus {
    settings: KafkaSettings,
    publisher: Arc<KafkaPublisher>,
    topics: KafkaTopics,
    metrics: Metrics,
}

#[async_trait]
impl Bus for KafkaBus {
    fn publisher(&self) -> Arc<dyn Publisher> {
        self.publisher.clone()
    }

    async fn subscribe(
        &self,
        group: &str,
        topics: &[&str],
    ) -> Result<Box<dyn Consumer>, ConsumeError> {
        let consumer = KafkaConsumer::join(&self.settings, group, topics, self.metrics.clone())?;
        Ok(Box::new(consumer))
    }

    async fn ensure_topic(&self, topic: &str, partitions: i32) -> Result<(), BusError> {
        self.topics.ensure(topic, partitions).await?;
        self.topics.ensure(&dead_letter_topic(topic), 1).await
    }

    async fn healthy(&self) -> Result<(), BusError> {
        self.topics.check().await
    }
}
