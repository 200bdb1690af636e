//! Topics: looked at every few minutes, or at once when what is wanted changed.

use std::time::{Duration, Instant};

use bus::{Authorities, Identity, KafkaSettings, Sasl, SaslMechanism as Mechanism, Security, Tls};
use kube::Resource as _;
use kube::runtime::events::EventType;
use secrecy::ExposeSecret as _;

use super::Found;
use crate::context::Context;
use crate::domain::topics::{Change, Plan, plan};
use crate::ports::Unavailable;
use crate::resources::SecretKeyRef;
use crate::resources::condition::Finding;
use crate::resources::messenger::{Kafka, KafkaSasl, KafkaTls, Messenger, SaslMechanism};

/// How often topics that are as wanted are looked at.
const LOOK_EVERY: Duration = Duration::from_mins(5);
/// How often others are.
const TROUBLED_EVERY: Duration = Duration::from_secs(15);

/// What was found last.
pub(crate) struct Looked {
    at: Instant,
    wanted: Kafka,
    finding: Finding,
}

pub(super) async fn advance(
    messenger: &Messenger,
    context: &Context,
    memory: &mut Option<Looked>,
) -> kube::Result<Found> {
    let wanted = &messenger.spec.kafka;
    let finding = match memory {
        Some(looked) if looked.wanted == *wanted && !looked.is_old() => looked.finding.clone(),
        _ => {
            let finding = look(messenger, context).await?;
            *memory = Some(Looked {
                at: Instant::now(),
                wanted: wanted.clone(),
                finding: finding.clone(),
            });
            finding
        }
    };
    Ok(if finding.holds == Some(false) {
        Found::trouble(finding)
    } else {
        Found::of(finding)
    })
}

impl Looked {
    fn is_old(&self) -> bool {
        let every = match self.finding.holds {
            Some(true) => LOOK_EVERY,
            _ => TROUBLED_EVERY,
        };
        self.at.elapsed() >= every
    }
}

async fn look(messenger: &Messenger, context: &Context) -> kube::Result<Finding> {
    let access = match access(&messenger.spec.kafka, context).await {
        Ok(access) => access,
        Err(NoAccess::Missing(what)) => {
            return Ok(Finding::no("TopicsReady", "SecretMissing", what));
        }
        Err(NoAccess::Kube(error)) => return Err(error),
    };
    let changed = change(messenger, context, &access).await;
    Ok(match changed {
        Err(away) => Finding::no("TopicsReady", "KafkaUnavailable", away.to_string()),
        Ok(plan) => match plan.problems.first() {
            None => Finding::yes("TopicsReady", "AsWanted", "all topics are as wanted"),
            Some(first) => {
                let messages: Vec<_> = plan.problems.iter().map(|p| p.message.as_str()).collect();
                Finding::no("TopicsReady", first.reason, messages.join("; "))
            }
        },
    })
}

/// Makes what may be made; answers the plan for its problems.
async fn change(
    messenger: &Messenger,
    context: &Context,
    access: &KafkaSettings,
) -> Result<Plan, Unavailable> {
    let brokers = &context.neighbours.brokers;
    let wanted = &messenger.spec.kafka.topics;
    let plan = plan(wanted, &brokers.describe(access, wanted).await?);
    for change in &plan.changes {
        brokers.apply(access, change).await?;
        context.metrics.did("topic");
        let note = match change {
            Change::Create {
                topic, partitions, ..
            } => format!("made {topic} with {partitions} partitions"),
            Change::Grow { topic, partitions } => {
                format!("{topic} has {partitions} partitions now")
            }
        };
        tracing::info!(note, "topics changed");
        let about = messenger.object_ref(&());
        context
            .tell(
                &about,
                EventType::Normal,
                "TopicChanged",
                "ManageTopics",
                note,
            )
            .await;
    }
    Ok(plan)
}

/// How the brokers are reached.
async fn access(kafka: &Kafka, context: &Context) -> Result<KafkaSettings, NoAccess> {
    let mut access = KafkaSettings::new(kafka.bootstrap_servers.clone(), "operator");
    access.security = Security {
        tls: match &kafka.tls {
            None => None,
            Some(tls) => Some(encryption(tls, context).await?),
        },
        sasl: match &kafka.sasl {
            None => None,
            Some(sasl) => Some(log_in(sasl, context).await?),
        },
    };
    Ok(access)
}

async fn encryption(tls: &KafkaTls, context: &Context) -> Result<Tls, NoAccess> {
    let authorities = match &tls.ca_secret_ref {
        None => None,
        Some(reference) => Some(Authorities::Pem(text(reference, context).await?)),
    };
    let identity = match tls.client() {
        None => None,
        Some((certificate, key)) => Some(Identity::Pem {
            certificate: text(&certificate, context).await?,
            key: text(&key, context).await?.into(),
        }),
    };
    Ok(Tls {
        authorities,
        identity,
    })
}

async fn log_in(sasl: &KafkaSasl, context: &Context) -> Result<Sasl, NoAccess> {
    Ok(Sasl {
        mechanism: match sasl.mechanism {
            SaslMechanism::Plain => Mechanism::Plain,
            SaslMechanism::ScramSha256 => Mechanism::ScramSha256,
            SaslMechanism::ScramSha512 => Mechanism::ScramSha512,
        },
        username: text(&sasl.username_secret_ref, context).await?,
        password: text(&sasl.password_secret_ref, context).await?.into(),
    })
}

async fn text(reference: &SecretKeyRef, context: &Context) -> Result<String, NoAccess> {
    let value = context
        .secret(reference)
        .await?
        .map_err(NoAccess::Missing)?;
    Ok(value.expose_secret().to_owned())
}

/// Why it is not known how to reach the brokers.
enum NoAccess {
    Missing(String),
    Kube(kube::Error),
}

impl From<kube::Error> for NoAccess {
    fn from(error: kube::Error) -> Self {
        Self::Kube(error)
    }
}
