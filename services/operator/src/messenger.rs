//! Brings a Messenger's installation in line with what it says.
//!
//! Every part looks, takes at most one step, and tells what it found; nothing waits. What a part can't
//! do holds up no other: gateways are scaled while a migration fails.

mod components;
mod gateways;
mod migration;
mod summary;
mod topics;

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::StreamExt as _;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::jiff::Timestamp;
use kube::api::ListParams;
use kube::core::PartialObjectMeta;
use kube::runtime::controller::{Action, Controller};
use kube::runtime::events::EventType;
use kube::runtime::reflector::{ObjectRef, Store};
use kube::runtime::{
    Predicate as _, PredicateConfig, WatchStreamExt as _, predicates, reflector, watcher,
};
use kube::{Resource as _, ResourceExt as _};

use crate::context::Context;
use crate::domain::scaling::Recent;
use crate::resources::condition::{self, Finding};
use crate::resources::messenger::{Messenger, MessengerStatus};
use crate::write;

/// How often gateways are counted.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// After an error of the Kubernetes API.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// What is remembered about a Messenger between two looks.
#[derive(Default)]
pub(crate) struct Memory {
    recent: Recent,
    topics: Option<topics::Looked>,
}

/// What a part found.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// What keeps the installation from being whole; for people.
    troubles: Vec<Trouble>,
    /// Something is on its way.
    progress: Option<String>,
    /// When to look again, if sooner than usual.
    look_in: Option<Duration>,
}

impl Found {
    /// Only this is to be told.
    fn of(finding: Finding) -> Self {
        Self {
            findings: vec![finding],
            ..Self::default()
        }
    }

    /// The same, and it keeps the installation from being whole.
    fn trouble(finding: Finding) -> Self {
        let trouble = Trouble {
            reason: finding.reason,
            message: finding.message.clone(),
        };
        Self {
            troubles: vec![trouble],
            ..Self::of(finding)
        }
    }

    /// What the API server refuses to one part holds up no other, and is told like everything else.
    fn or_refused(outcome: kube::Result<Self>) -> Self {
        outcome.unwrap_or_else(|error| {
            let message =
                format!("the Kubernetes API refuses something, which is tried again: {error}");
            Self {
                troubles: vec![Trouble {
                    reason: "ApiRefused",
                    message,
                }],
                ..Self::default()
            }
        })
    }
}

/// What keeps an installation from being whole.
struct Trouble {
    reason: &'static str,
    message: String,
}

/// Runs the controller for as long as it is polled.
pub(crate) async fn run(context: &Arc<Context>) {
    let every = watcher::Config::default;
    let (store, writer) = reflector::store();
    // Not every change: status is the operator's own word, and would be followed by the next one.
    let changes = watcher(context.api::<Messenger>(), every())
        .default_backoff()
        .reflect(writer)
        .applied_objects()
        .predicate_filter(
            predicates::generation.combine(predicates::annotations),
            PredicateConfig::default(),
        );
    let (of_deployment, of_secret) = (store.clone(), store.clone());
    Controller::for_stream(changes, store)
        .owns(context.api::<Job>(), every())
        .watches(context.api::<Deployment>(), every(), move |deployment| {
            let name = deployment.name_any();
            concerned(&of_deployment, |messenger| is_component(messenger, &name))
        })
        .watches(
            context.api::<PartialObjectMeta<Secret>>(),
            every(),
            move |secret| {
                let name = secret.name_any();
                concerned(&of_secret, |messenger| names_secret(messenger, &name))
            },
        )
        .run(
            reconcile,
            |_, _, _| Action::requeue(AGAIN_AFTER),
            context.clone(),
        )
        .for_each(|outcome| async move {
            if let Err(error) = outcome {
                tracing::warn!(%error, "a Messenger could not be brought in line");
            }
        })
        .await;
}

fn concerned(
    messengers: &Store<Messenger>,
    is: impl Fn(&Messenger) -> bool,
) -> Vec<ObjectRef<Messenger>> {
    let all = messengers.state();
    let concerned = all.iter().filter(|messenger| is(messenger));
    concerned
        .map(|messenger| ObjectRef::from_obj(&**messenger))
        .collect()
}

fn is_component(messenger: &Messenger, deployment: &str) -> bool {
    components::all(&messenger.spec.components)
        .any(|(_, component)| component.deployment_name == deployment)
}

fn names_secret(messenger: &Messenger, secret: &str) -> bool {
    let kafka = &messenger.spec.kafka;
    let authorities = kafka
        .tls
        .iter()
        .filter_map(|tls| tls.ca_secret_ref.as_ref());
    let client = kafka
        .tls
        .iter()
        .any(|tls| tls.client_secret_name.as_deref() == Some(secret));
    let sasl = kafka
        .sasl
        .iter()
        .flat_map(|sasl| [&sasl.username_secret_ref, &sasl.password_secret_ref]);
    let database = &messenger.spec.database;
    std::iter::once(&database.secret_ref)
        .chain(&database.ca_secret_ref)
        .chain(authorities)
        .chain(sasl)
        .any(|reference| reference.name == secret)
        || client
}

/// Why a Messenger could not be brought in line; it is tried again.
#[derive(Debug, thiserror::Error)]
#[error("{messenger}: {source}")]
pub(crate) struct Error {
    messenger: String,
    source: kube::Error,
}

async fn reconcile(messenger: Arc<Messenger>, context: Arc<Context>) -> Result<Action, Error> {
    let began = Instant::now();
    let outcome = bring_in_line(&messenger, &context).await;
    let word = if outcome.is_ok() { "ok" } else { "error" };
    context
        .metrics
        .reconciled("Messenger", word, began.elapsed());
    outcome.map_err(|source| Error {
        messenger: messenger.name_any(),
        source,
    })
}

async fn bring_in_line(messenger: &Messenger, context: &Context) -> kube::Result<Action> {
    let before = messenger.status.clone().unwrap_or_default();
    let mut status = before.clone();
    status.observed_generation = messenger.metadata.generation;
    let uid = messenger.uid().unwrap_or_default();
    let mut memory = context.memories.lock().remove(&uid).unwrap_or_default();

    let found = look(messenger, context, &mut memory, &mut status).await;
    context.memories.lock().insert(uid, memory);
    let found = found?;

    let now = Timestamp::now();
    let findings = &found.findings;
    status.conditions = condition::merge(
        &before.conditions,
        findings,
        messenger.metadata.generation,
        now,
    );
    write::status(
        &context.api::<Messenger>(),
        &messenger.name_any(),
        &before,
        &status,
    )
    .await?;
    tell_turns(messenger, context, &before, &status).await;
    Ok(Action::requeue(
        found.look_in.unwrap_or(LOOK_EVERY).min(LOOK_EVERY),
    ))
}

async fn look(
    messenger: &Messenger,
    context: &Context,
    memory: &mut Memory,
    status: &mut MessengerStatus,
) -> kube::Result<Found> {
    let observed = components::look(messenger, context, status).await?;
    if let Some(rival) = rival(messenger, context).await? {
        return Ok(summary::conflict(&rival));
    }
    if messenger.spec.paused {
        return Ok(summary::paused(&observed));
    }
    if messenger.meta().deletion_timestamp.is_some() {
        return Ok(Found::default());
    }
    let migration = migration::advance(messenger, context, status).await;
    let (topics, gateways) = tokio::join!(
        topics::advance(messenger, context, &mut memory.topics),
        gateways::advance(messenger, context, &mut memory.recent, &observed, status),
    );
    let parts = [migration, topics, gateways].map(Found::or_refused);
    Ok(summary::of(messenger, &observed, parts, status))
}

/// An older Messenger for the same gateways: it has them.
async fn rival(messenger: &Messenger, context: &Context) -> kube::Result<Option<String>> {
    let age = |m: &Messenger| (m.creation_timestamp().map(|time| time.0), m.name_any());
    let gateways = &messenger.spec.components.gateway;
    let all = context
        .api::<Messenger>()
        .list(&ListParams::default())
        .await?;
    let mut others = all.items.into_iter().filter(|other| {
        other.uid() != messenger.uid()
            && other.meta().deletion_timestamp.is_none()
            && other.spec.components.gateway == *gateways
            && age(other) < age(messenger)
    });
    Ok(others.next().map(|other| other.name_any()))
}

/// An event for each condition that turned.
async fn tell_turns(
    messenger: &Messenger,
    context: &Context,
    before: &MessengerStatus,
    status: &MessengerStatus,
) {
    for condition in &status.conditions {
        let known = before
            .conditions
            .iter()
            .find(|c| c.type_ == condition.type_);
        if known.is_some_and(|k| k.status == condition.status && k.reason == condition.reason) {
            continue;
        }
        let bad = match condition.type_.as_str() {
            "Degraded" => condition.status == "True",
            "SchemaMigrated" | "TopicsReady" => condition.status == "False",
            _ => false,
        };
        let type_ = if bad {
            EventType::Warning
        } else {
            EventType::Normal
        };
        let note = format!(
            "{} is {}: {}",
            condition.type_, condition.status, condition.message
        );
        let about = messenger.object_ref(&());
        context
            .tell(&about, type_, &condition.reason, "Observe", note)
            .await;
    }
}
