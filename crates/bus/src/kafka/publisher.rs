//! The producer: idempotent, durable on all replicas before it answers.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use rdkafka::{
    ClientConfig,
    error::{KafkaError, RDKafkaErrorCode},
    producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer},
};
use tokio::time::{Instant, sleep};

use super::{
    client::{self, Reports},
    record,
    settings::KafkaSettings,
};
use crate::{BusError, PublishError, Publisher, Record, metrics::Metrics, port};

/// How long a record may wait for a place in the producer's queue.
const QUEUE_WAIT: Duration = Duration::from_secs(10);
const QUEUE_RETRY: Duration = Duration::from_millis(5);

/// Publishes through one connection per broker.
pub(super) struct KafkaPublisher {
    config: ClientConfig,
    /// Replaced when the brokers refuse it for good: an idempotent producer does not recover from
    /// a hole in its numbering.
    producer: Mutex<FutureProducer<Reports>>,
    metrics: Metrics,
}

impl KafkaPublisher {
    pub(super) fn new(settings: &KafkaSettings, metrics: Metrics) -> Result<Self, BusError> {
        let mut config = settings.client()?;
        config
            .set("enable.idempotence", "true")
            .set("acks", "all")
            // Callers publish in batches themselves; half a millisecond here costs one and a half.
            .set("linger.ms", "0")
            .set("compression.type", "lz4")
            .set("partitioner", "murmur2_random")
            .set("queue.buffering.max.messages", "100000")
            .set("queue.buffering.max.kbytes", "65536")
            .set("message.timeout.ms", "30000")
            .set("request.timeout.ms", "10000")
            .set("retry.backoff.ms", "50")
            .set("retry.backoff.max.ms", "500");
        let producer = create(&config)?;
        Ok(Self {
            config,
            producer: Mutex::new(producer),
            metrics,
        })
    }

    fn producer(&self) -> FutureProducer<Reports> {
        let producer = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        producer.clone()
    }

    /// Begins anew after a fatal error; all records that it had not sent have failed. The producer is
    /// asked itself: once it has failed, it refuses records already at the door, and no report of a
    /// delivery tells of it any more. Of the callers that find out together, one replaces it.
    fn replace_producer_after_fatal_error(&self) {
        let mut current = self.producer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((code, reason)) = current.client().fatal_error() else {
            return;
        };
        tracing::warn!(%code, reason, "the producer has failed for good and is replaced");
        match create(&self.config) {
            Ok(producer) => *current = producer,
            Err(error) => tracing::error!(%error, "producer could not be replaced"),
        }
    }

    async fn send_all(&self, topic: &str, records: &[Record]) -> Vec<Result<(), PublishError>> {
        let producer = self.producer();
        let mut sent = Vec::with_capacity(records.len());
        let mut failed = HashSet::new();
        for (record, fit) in records.iter().zip(port::refuse_unfit(records)) {
            let key = record.key.as_str();
            let delivery = match fit {
                Ok(()) if failed.contains(key) => Err(PublishError::OutOfTurn),
                Ok(()) => send(&producer, topic, record).await,
                Err(refusal) => Err(refusal),
            };
            if delivery.is_err() {
                failed.insert(key);
            }
            sent.push(delivery);
        }

        let mut results = Vec::with_capacity(records.len());
        let mut failed = HashSet::new();
        for (record, delivery) in records.iter().zip(sent) {
            let key = record.key.as_str();
            let result = match delivery {
                Ok(delivery) => delivered(delivery).await,
                Err(error) => Err(error),
            };
            results.push(match result {
                Ok(()) if failed.contains(key) => Err(PublishError::OutOfTurn),
                Ok(()) => Ok(()),
                Err(error) => {
                    failed.insert(key);
                    Err(error)
                }
            });
        }
        if !failed.is_empty() {
            self.replace_producer_after_fatal_error();
        }
        results
    }
}

#[async_trait]
impl Publisher for KafkaPublisher {
    async fn publish(&self, topic: &str, records: Vec<Record>) -> Vec<Result<(), PublishError>> {
        let started = Instant::now();
        let results = self.send_all(topic, &records).await;
        let kept = results.iter().filter(|result| result.is_ok()).count();
        let failed = results.len() - kept;
        self.metrics.sent(topic, kept, failed, started.elapsed());
        results
    }
}

fn create(config: &ClientConfig) -> Result<FutureProducer<Reports>, BusError> {
    config
        .create_with_context(Reports)
        .map_err(|error| BusError::Settings(error.to_string()))
}

/// Puts a record into the producer's queue; waits while that is full.
async fn send(
    producer: &FutureProducer<Reports>,
    topic: &str,
    record: &Record,
) -> Result<DeliveryFuture, PublishError> {
    let headers = record::headers(record).map_err(PublishError::Refused)?;
    let mut message = FutureRecord::to(topic)
        .key(record.key.as_bytes())
        .payload(record.value.as_ref())
        .headers(headers);
    let deadline = Instant::now() + QUEUE_WAIT;
    loop {
        match producer.send_result(message) {
            Ok(delivery) => return Ok(delivery),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), back))
                if Instant::now() < deadline =>
            {
                message = back;
                sleep(QUEUE_RETRY).await;
            }
            Err((error, _)) => return Err(publish_error(&error)),
        }
    }
}

async fn delivered(delivery: DeliveryFuture) -> Result<(), PublishError> {
    match delivery.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err((error, _))) => Err(publish_error(&error)),
        Err(_) => Err(PublishError::Unavailable("producer was closed".into())),
    }
}

fn publish_error(error: &KafkaError) -> PublishError {
    if client::is_refusal(error) {
        PublishError::Refused(error.to_string())
    } else {
        PublishError::Unavailable(error.to_string())
    }
}
