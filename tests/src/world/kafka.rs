//! Makes Kafka forget the world before.

use std::time::Duration;

use anyhow::{Context, Result};
use proto::topics::{CHAT_EVENTS, TELEGRAM_MESSAGES};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::eventually;

/// How long Kafka may take, a session of a killed consumer included.
const PATIENCE: Duration = Duration::from_mins(1);

/// Names of Chappe's consumer groups; the fake bot's id is 1.
const GROUPS: [&str; 3] = ["notification-router", "chat-telegram", "bot-1"];

/// How many topics Chappe has there.
pub(super) fn held(brokers: &str) -> Result<usize> {
    let watcher: BaseConsumer = config(brokers).create()?;
    Ok(ours(&watcher).context("Kafka")?.len())
}

/// Removes Chappe's topics and groups.
pub(super) async fn forget(brokers: &str) -> Result<()> {
    let config = config(brokers);
    let admin: AdminClient<DefaultClientContext> = config.create()?;
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    let watcher: BaseConsumer = config.create()?;

    let topics = ours(&watcher).context("Kafka")?;
    if !topics.is_empty() {
        let names: Vec<_> = topics.iter().map(String::as_str).collect();
        admin.delete_topics(&names, &options).await?;
        eventually("the topics are gone", PATIENCE, async || {
            ours(&watcher).ok().filter(Vec::is_empty)
        })
        .await;
    }
    eventually("the groups are gone", PATIENCE, async || {
        let results = admin.delete_groups(&GROUPS, &options).await.ok()?;
        let gone = results.iter().all(|result| match result {
            Ok(_) => true,
            Err((_, code)) => *code == rdkafka::types::RDKafkaErrorCode::GroupIdNotFound,
        });
        gone.then_some(())
    })
    .await;
    Ok(())
}

fn config(brokers: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    config
}

fn ours(watcher: &BaseConsumer) -> Result<Vec<String>> {
    let metadata = watcher.fetch_metadata(None, Duration::from_secs(10))?;
    let names = metadata
        .topics()
        .iter()
        .map(|topic| topic.name().to_owned());
    Ok(names
        .filter(|name| name.starts_with(CHAT_EVENTS) || name.starts_with(TELEGRAM_MESSAGES))
        .collect())
}
