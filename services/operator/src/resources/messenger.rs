//! `Messenger`: one installation of Chappe in a namespace.

#![expect(unreachable_pub, reason = "KubeSchema derives a copy of each type")]
#![expect(clippy::duplicated_attributes, reason = "a column each")]

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use kube::{CustomResource, KubeSchema};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::SecretKeyRef;

/// One installation of Chappe. Charts make the Pods; this says what charts can't do: migrations, topics,
/// scaling and draining of gateways.
#[derive(CustomResource, KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq)]
#[kube(
    group = "chappe.dev",
    version = "v1alpha1",
    kind = "Messenger",
    namespaced,
    cel,
    shortname = "msgr",
    category = "chappe",
    status = "MessengerStatus",
    derive = "PartialEq",
    doc = "One installation of Chappe: its migrations, its topics, and the scaling and draining of its gateways.",
    scale(
        spec_replicas_path = ".spec.gateway.replicas",
        status_replicas_path = ".status.gateway.replicas",
        label_selector_path = ".status.gateway.selector"
    ),
    printcolumn(name = "Version", type_ = "string", json_path = ".status.version"),
    printcolumn(
        name = "Schema",
        type_ = "integer",
        json_path = ".status.schemaVersion"
    ),
    printcolumn(
        name = "Ready",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Ready\")].status"
    ),
    printcolumn(
        name = "Gateways",
        type_ = "integer",
        json_path = ".status.gateway.replicas"
    ),
    printcolumn(
        name = "Connections",
        type_ = "integer",
        json_path = ".status.gateway.connections"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct MessengerSpec {
    /// The version that is to run, such as `1.4.0`.
    #[schemars(length(min = 1, max = 63))]
    pub version: String,
    /// The operator only looks, and changes nothing.
    #[serde(default)]
    pub paused: bool,
    /// The Deployments that the charts made.
    pub components: Components,
    /// Postgres. Another database is another installation.
    #[x_kube(validation = ("self.secretRef == oldSelf.secretRef", "the database can't be changed: restore a backup into a new installation"))]
    pub database: Database,
    /// How the schema is brought up to date.
    pub migration: Migration,
    /// The event log.
    pub kafka: Kafka,
    /// Who knows the gateways' connections.
    pub registry: Registry,
    /// Where bots are configured; without it `TelegramBot`s are not served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bots: Option<Bots>,
    /// How many gateways there are, and how they leave.
    #[serde(default)]
    pub gateway: Gateway,
}

/// The Deployments of an installation.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Components {
    /// The edge.
    pub gateway: Component,
    /// The truth.
    pub chat: Component,
    /// The router.
    pub notification: Component,
    /// Telegram.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot: Option<Component>,
}

/// One Deployment.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// Its name.
    #[schemars(length(min = 1, max = 253))]
    pub deployment_name: String,
}

/// Where the database is.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Database {
    /// Its URL, `postgres://user:password@host/name`.
    pub secret_ref: SecretKeyRef,
    /// The authorities (PEM) that signed its certificate; the URL names them as
    /// `sslrootcert=/etc/chappe/secrets/database-ca.crt`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_secret_ref: Option<SecretKeyRef>,
}

/// How the schema is brought up to date.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Migration {
    /// Whether a new version migrates at once, or when it is approved with the annotation
    /// `chappe.dev/approve-migration: <version>`.
    #[serde(default)]
    pub policy: MigrationPolicy,
    /// The image of chat.
    #[schemars(length(min = 1, max = 1024))]
    pub image: String,
    /// The image of the bot, where there is one: it has tables of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1024))]
    pub bot_image: Option<String>,
    /// When images are pulled.
    #[serde(default)]
    pub image_pull_policy: ImagePullPolicy,
    /// Secrets to pull images with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 16))]
    pub image_pull_secrets: Vec<String>,
    /// The platform gives Pods their user: none is asked for.
    #[serde(default)]
    pub platform_assigns_user: bool,
    /// How often a failed migration is tried again.
    #[serde(default = "default::backoff_limit")]
    #[schemars(range(min = 0, max = 10))]
    pub backoff_limit: i32,
    /// How long all attempts may take together, seconds.
    #[serde(default = "default::active_deadline_seconds")]
    #[schemars(range(min = 10, max = 86_400))]
    pub active_deadline_seconds: i64,
}

/// When a new version migrates.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MigrationPolicy {
    /// At once.
    #[default]
    Auto,
    /// When it is approved.
    Manual,
}

/// When images are pulled.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "Kubernetes' own words")]
pub enum ImagePullPolicy {
    Always,
    #[default]
    IfNotPresent,
    Never,
}

/// The event log.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Kafka {
    /// `host:port`, separated by commas.
    #[schemars(length(min = 1, max = 1024))]
    pub bootstrap_servers: String,
    /// Speak TLS to the brokers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls: Option<KafkaTls>,
    /// Log in to the brokers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sasl: Option<KafkaSasl>,
    /// Chappe's topics.
    #[serde(default)]
    pub topics: Topics,
}

/// TLS to the brokers.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct KafkaTls {
    /// The authorities (PEM) to trust instead of the system's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_secret_ref: Option<SecretKeyRef>,
    /// A Secret of type `kubernetes.io/tls` with our own certificate, where the brokers ask for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 253))]
    pub client_secret_name: Option<String>,
}

impl KafkaTls {
    /// Our own certificate and its key.
    pub fn client(&self) -> Option<(SecretKeyRef, SecretKeyRef)> {
        let name = self.client_secret_name.as_ref()?;
        let of = |key: &str| SecretKeyRef {
            name: name.clone(),
            key: key.to_owned(),
        };
        Some((of("tls.crt"), of("tls.key")))
    }
}

/// A log-in to the brokers.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct KafkaSasl {
    /// How the password is proved.
    #[serde(default)]
    pub mechanism: SaslMechanism,
    /// The name.
    pub username_secret_ref: SecretKeyRef,
    /// The password.
    pub password_secret_ref: SecretKeyRef,
}

/// How a password is proved.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum SaslMechanism {
    /// In clear text: only over TLS.
    Plain,
    /// SCRAM-SHA-256.
    #[serde(rename = "scram-sha-256")]
    ScramSha256,
    /// SCRAM-SHA-512.
    #[default]
    #[serde(rename = "scram-sha-512")]
    ScramSha512,
}

/// Chappe's topics.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Topics {
    /// Whether missing topics are made and small ones grow, or differences are only told.
    #[serde(default)]
    pub policy: TopicPolicy,
    /// Copies of each partition.
    #[serde(default = "default::replication_factor")]
    #[schemars(range(min = 1, max = 7))]
    pub replication_factor: i32,
    /// Partitions of each topic. They never become fewer.
    #[serde(default = "default::partitions")]
    #[schemars(extend("maxProperties" = 8))]
    #[x_kube(
        validation = ("self.all(topic, topic in ['chat.events.v1', 'telegram.messages.v1'])", "topics are chat.events.v1 and telegram.messages.v1"),
        validation = ("self.all(topic, self[topic] >= 1 && self[topic] <= 1000)", "a topic has 1 to 1000 partitions"),
        validation = ("oldSelf.all(topic, topic in self && self[topic] >= oldSelf[topic])", "partitions can't become fewer: records would be lost and the order of rooms broken")
    )]
    pub partitions: BTreeMap<String, i32>,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            policy: TopicPolicy::default(),
            replication_factor: default::replication_factor(),
            partitions: default::partitions(),
        }
    }
}

/// What becomes of topics that differ.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TopicPolicy {
    /// They are made, and partitions are added.
    #[default]
    Manage,
    /// It is told.
    Verify,
}

/// Who knows the gateways' connections.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Registry {
    /// Where notification answers, `http://host:port`.
    #[schemars(length(min = 1, max = 1024))]
    pub notification_url: String,
}

/// Where bots are configured.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct Bots {
    /// The Secret that the bot's Pods mount, made by the operator.
    #[schemars(length(min = 1, max = 253))]
    pub secret_name: String,
    /// Where the bot answers, `http://host:port`.
    #[schemars(length(min = 1, max = 1024))]
    pub url: String,
}

/// How many gateways there are, and how they leave.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = ("!has(self.replicas) || !has(self.scaling) || self.scaling.mode != 'Registry'", "with scaling.mode Registry the operator chooses the number of gateways: leave replicas out, or set scaling.mode to External or None"))]
pub struct Gateway {
    /// Gateways that are to be there in mode `External`; the scale subresource writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub replicas: Option<i32>,
    /// How their number is chosen.
    #[serde(default)]
    pub scaling: Scaling,
    /// How one leaves.
    #[serde(default)]
    pub drain: Drain,
}

/// How the number of gateways is chosen.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(validation = ("self.min <= self.max", "min must not be greater than max"))]
pub struct Scaling {
    /// By whom.
    #[serde(default)]
    pub mode: ScalingMode,
    /// At least so many.
    #[serde(default = "default::min")]
    #[schemars(range(min = 1, max = 1000))]
    pub min: i32,
    /// At most so many.
    #[serde(default = "default::max")]
    #[schemars(range(min = 1, max = 1000))]
    pub max: i32,
    /// Connections that one gateway should have.
    #[serde(default = "default::target_connections_per_pod")]
    #[schemars(range(min = 1, max = 1_000_000))]
    pub target_connections_per_pod: i32,
    /// Room for more connections than there are, percent.
    #[serde(default = "default::headroom_percent")]
    #[schemars(range(min = 0, max = 500))]
    pub headroom_percent: i32,
    /// So long fewer gateways must have been enough before one leaves, seconds.
    #[serde(default = "default::stabilization_seconds")]
    #[schemars(range(min = 0, max = 3600))]
    pub stabilization_seconds: i32,
}

impl Default for Scaling {
    fn default() -> Self {
        Self {
            mode: ScalingMode::default(),
            min: default::min(),
            max: default::max(),
            target_connections_per_pod: default::target_connections_per_pod(),
            headroom_percent: default::headroom_percent(),
            stabilization_seconds: default::stabilization_seconds(),
        }
    }
}

/// Who chooses the number of gateways.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScalingMode {
    /// The operator, by the registry's connection counts.
    #[default]
    Registry,
    /// Somebody who writes `gateway.replicas`, such as a `HorizontalPodAutoscaler` of this resource.
    External,
    /// Whoever writes the Deployment's replicas.
    None,
}

/// How a gateway leaves.
#[derive(KubeSchema, Serialize, Deserialize, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
#[x_kube(
    validation = ("self.minSeconds <= self.timeoutSeconds", "minSeconds must not be greater than timeoutSeconds"),
    validation = ("self.reconnectJitterSeconds < self.timeoutSeconds", "reconnectJitterSeconds must be less than timeoutSeconds")
)]
pub struct Drain {
    /// A draining gateway stays at least so long, so that load balancers forget it.
    #[serde(default = "default::drain_min_seconds")]
    #[schemars(range(min = 0, max = 3600))]
    pub min_seconds: i32,
    /// It leaves after so long, whoever is still there.
    #[serde(default = "default::drain_timeout_seconds")]
    #[schemars(range(min = 5, max = 3600))]
    pub timeout_seconds: i32,
    /// Connections that are sent elsewhere per second.
    #[serde(default = "default::closes_per_second")]
    #[schemars(range(min = 1, max = 100_000))]
    pub closes_per_second: i32,
    /// Those who are sent at the same moment come back within this time.
    #[serde(default = "default::reconnect_jitter_seconds")]
    #[schemars(range(min = 0, max = 300))]
    pub reconnect_jitter_seconds: i32,
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            min_seconds: default::drain_min_seconds(),
            timeout_seconds: default::drain_timeout_seconds(),
            closes_per_second: default::closes_per_second(),
            reconnect_jitter_seconds: default::reconnect_jitter_seconds(),
        }
    }
}

mod default {
    use std::collections::BTreeMap;

    use proto::topics::{CHAT_EVENTS, PARTITIONS, TELEGRAM_MESSAGES};

    pub(super) const fn backoff_limit() -> i32 {
        2
    }

    pub(super) const fn active_deadline_seconds() -> i64 {
        600
    }

    pub(super) const fn replication_factor() -> i32 {
        3
    }

    pub(super) fn partitions() -> BTreeMap<String, i32> {
        [CHAT_EVENTS, TELEGRAM_MESSAGES]
            .map(|topic| (topic.to_owned(), PARTITIONS))
            .into()
    }

    pub(super) const fn min() -> i32 {
        2
    }

    pub(super) const fn max() -> i32 {
        10
    }

    pub(super) const fn target_connections_per_pod() -> i32 {
        10_000
    }

    pub(super) const fn headroom_percent() -> i32 {
        20
    }

    pub(super) const fn stabilization_seconds() -> i32 {
        300
    }

    pub(super) const fn drain_min_seconds() -> i32 {
        5
    }

    pub(super) const fn drain_timeout_seconds() -> i32 {
        60
    }

    pub(super) const fn closes_per_second() -> i32 {
        500
    }

    pub(super) const fn reconnect_jitter_seconds() -> i32 {
        2
    }
}

/// How the installation is doing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct MessengerStatus {
    /// The generation that this is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The version that runs: the wanted one as soon as all of it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The number of the newest migration of chat's schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_version: Option<i64>,
    /// `Ready`, `Progressing`, `Degraded`, `SchemaMigrated`, `TopicsReady`, `ScalingActive`, `Draining`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["type"]))]
    pub conditions: Vec<Condition>,
    /// The Deployments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub components: Vec<ComponentStatus>,
    /// The last migration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub migration: Option<MigrationStatus>,
    /// The gateways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<GatewayStatus>,
}

/// How one Deployment is doing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct ComponentStatus {
    /// `gateway`, `chat`, `notification` or `bot`.
    pub name: String,
    /// The image that it is to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Pods that are to be there.
    pub replicas: i32,
    /// Pods that are ready.
    pub ready: i32,
    /// Pods of the newest template.
    pub updated: i32,
}

/// How a migration went.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct MigrationStatus {
    /// Its Job.
    pub job: String,
    /// The schema before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The schema after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<i64>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// When it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<Time>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How the gateways are doing.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, Default, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct GatewayStatus {
    /// Pods that are there.
    pub replicas: i32,
    /// Their labels, for the scale subresource.
    pub selector: String,
    /// How many there should be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired_replicas: Option<i32>,
    /// Connections of all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<i64>,
    /// Whether the registry's counts can be relied on.
    pub registry_fresh: bool,
    /// Who is leaving.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub draining: Vec<DrainStatus>,
}

/// A gateway that is leaving.
#[derive(Serialize, Deserialize, JsonSchema, Clone, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub struct DrainStatus {
    /// Its Pod.
    pub pod: String,
    /// Connections that it still has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<i32>,
    /// When it leaves at the latest.
    pub deadline: Time,
}
