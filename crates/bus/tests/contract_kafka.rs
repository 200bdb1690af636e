//! The Kafka adapter keeps to the contract. Needs brokers: `CHAPPE_TEST_KAFKA_BROKERS`.

#[path = "contract/suite.rs"]
mod suite;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bus::{Bus, BusError, KafkaSettings, kafka};
use rdkafka::{
    ClientConfig,
    producer::{FutureProducer, FutureRecord},
};

struct Kafka {
    brokers: String,
    bus: Arc<dyn Bus>,
}

impl Kafka {
    async fn new() -> Self {
        let brokers = std::env::var("CHAPPE_TEST_KAFKA_BROKERS").expect(
            "CHAPPE_TEST_KAFKA_BROKERS names no brokers: run this in `scripts/stack run …`",
        );
        let bus = kafka(KafkaSettings::new(&brokers, "test")).expect("settings");
        bus.healthy().await.expect("brokers answer");
        Self { brokers, bus }
    }
}

#[async_trait]
impl suite::World for Kafka {
    fn bus(&self) -> Arc<dyn Bus> {
        self.bus.clone()
    }

    async fn put_without_headers(&self, topic: &str, key: &str, value: &str) {
        let producer: FutureProducer = ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .create()
            .expect("producer");
        // The partition is the one where our own producer puts the key.
        let record = FutureRecord::to(topic).key(key).payload(value);
        producer
            .send(record, Duration::from_secs(10))
            .await
            .expect("sent");
    }
}

contract!(Kafka::new());

#[tokio::test]
async fn brokers_that_do_not_answer_are_not_healthy() {
    let bus = kafka(KafkaSettings::new("127.0.0.1:1", "test")).expect("settings");
    let error = bus.healthy().await.expect_err("nobody listens there");
    assert!(matches!(error, BusError::Unavailable(_)), "{error}");
}
