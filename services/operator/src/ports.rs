//! What the operator needs from outside Kubernetes.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use async_trait::async_trait;
use bus::KafkaSettings;
use secrecy::SecretString;

use crate::domain::topics::{Change, Existing};
use crate::resources::messenger::Topics;

/// Somebody did not answer, or refused.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{who} does not answer: {reason}")]
pub struct Unavailable {
    /// Who was asked.
    pub who: String,
    /// What came instead of an answer.
    pub reason: String,
}

/// The gateways, as the registry knows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Whether every gateway that is there is in it.
    pub fresh: bool,
    /// By their names, which are those of their Pods.
    pub gateways: HashMap<String, Counted>,
}

/// One gateway, as the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Where it answers.
    pub address: String,
    /// Its connections.
    pub connections: u32,
}

/// Who is connected where: `chappe.notification.v1.RegistryService`.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Asks the notification service at this address.
    async fn gateways(&self, notification_url: &str) -> Result<Counts, Unavailable>;
}

/// The gateways themselves: `chappe.gateway.v1.EdgeService`.
#[async_trait]
pub trait Edge: Send + Sync {
    /// Tells the gateway at this address to let its connections go, and answers how many are left. Telling
    /// it again changes nothing.
    async fn drain(
        &self,
        address: &str,
        closes_per_second: u32,
        reconnect_jitter: Duration,
    ) -> Result<u32, Unavailable>;
}

/// Kafka.
#[async_trait]
pub trait Brokers: Send + Sync {
    /// The wanted topics that are there.
    async fn describe(
        &self,
        access: &KafkaSettings,
        wanted: &Topics,
    ) -> Result<BTreeMap<String, Existing>, Unavailable>;

    /// Makes a change.
    async fn apply(&self, access: &KafkaSettings, change: &Change) -> Result<(), Unavailable>;
}

/// How a bot is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotReport {
    /// As configured.
    pub name: String,
    /// The token that it has.
    pub token_version: String,
    /// What it is at.
    pub state: BotState,
    /// Telegram's id of it.
    pub bot_id: Option<i64>,
    /// Its name in Telegram.
    pub username: Option<String>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// Chat, room, and why nothing passes.
    pub bridges: Vec<(i64, String, Option<String>)>,
}

/// How all bots are doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bulletin {
    /// Of each bot, the report of the replica that can tell most.
    pub reports: Vec<BotReport>,
    /// Every replica answered. If not, one that did not may be at work.
    pub complete: bool,
}

/// What a bot is at; a later one tells more than an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BotState {
    /// It is not known to Telegram yet.
    Starting,
    /// Another replica works for it.
    Standby,
    /// Something keeps it from working.
    Failing,
    /// Telegram refuses its token.
    Refused,
    /// It works.
    Bridging,
}

/// The bot service: `chappe.bot.v1.BridgeService`.
#[async_trait]
pub trait Bots: Send + Sync {
    /// Asks all replicas behind this name.
    async fn list(&self, url: &str) -> Result<Bulletin, Unavailable>;
}

/// A value of a Secret, or what is missing.
pub type SecretValue = Result<SecretString, String>;
