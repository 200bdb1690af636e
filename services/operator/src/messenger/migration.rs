//! The schema is brought up to date by a Job, before new Pods become ready: they wait for it. One that
//! fails stops the rollout, and the old version serves on.

use std::time::Duration;

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{ContainerStatus, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::runtime::events::EventType;
use kube::{Resource as _, ResourceExt as _};
use serde_json::{Value, json};

use super::Found;
use crate::context::Context;
use crate::domain::migration::{
    APPROVAL, Decision, Job as JobState, Report, decide, is_done, job_name,
};
use crate::resources::MANAGER;
use crate::resources::condition::Finding;
use crate::resources::messenger::{Messenger, MessengerStatus, MigrationStatus};
use crate::write::{self, unless_gone};

const CONDITION: &str = "SchemaMigrated";
/// A Job that has done its work is kept so long for people to read, seconds. One that failed stays until
/// somebody removes it: without it the migration would begin anew.
const KEPT: i32 = 86_400;
/// Where the Job's containers find the database's URL.
const SECRETS: &str = "/etc/chappe/secrets";
/// The user of the images.
const NONROOT: i64 = 65_532;
/// A Job's end comes as an event; this is the backstop.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

pub(super) async fn advance(
    messenger: &Messenger,
    context: &Context,
    status: &mut MessengerStatus,
) -> kube::Result<Found> {
    let name = job_name(
        &messenger.name_any(),
        messenger.uid().as_deref().unwrap_or_default(),
        &messenger.spec,
    );
    let before = status.migration.as_ref();
    let job = if is_done(before, &name) {
        JobState::Absent
    } else {
        state(context, &name).await?
    };
    let approved = messenger.annotations().get(APPROVAL).map(String::as_str);
    match decide(&messenger.spec, before, &name, job, approved) {
        Decision::Done => Ok(migrated(messenger, status)),
        Decision::Start => start(messenger, context, status, name).await,
        Decision::Repeat => {
            unless_gone(
                context
                    .api::<Job>()
                    .delete(&name, &DeleteParams::background())
                    .await,
            )?;
            Ok(running(&name))
        }
        Decision::AwaitApproval => {
            let message = format!(
                "the schema may have to be migrated for {version}; approve it with `kubectl annotate \
                 --overwrite messenger {messenger} {APPROVAL}={version}`",
                version = messenger.spec.version,
                messenger = messenger.name_any(),
            );
            Ok(Found::of(Finding::no(CONDITION, "AwaitsApproval", message)))
        }
        Decision::Wait => Ok(running(&name)),
        Decision::Finish(report) => {
            let kept = Patch::Merge(json!({ "spec": { "ttlSecondsAfterFinished": KEPT } }));
            let jobs = context.api::<Job>();
            unless_gone(jobs.patch(&name, &PatchParams::default(), &kept).await)?;
            finish(status, name, &report);
            context.metrics.did("migration");
            Ok(migrated(messenger, status))
        }
        Decision::Fail(reason) => Ok(failed(messenger, status, name, &reason)),
    }
}

fn migrated(messenger: &Messenger, status: &MessengerStatus) -> Found {
    let schema = status
        .schema_version
        .map_or_else(String::new, |n| format!(", at {n}"));
    let message = format!("the schema is that of {}{schema}", messenger.spec.version);
    Found::of(Finding::yes(CONDITION, "UpToDate", message))
}

fn running(job: &str) -> Found {
    let mut found = Found::of(Finding::no(
        CONDITION,
        "Migrating",
        format!("the Job {job} is at work"),
    ));
    found.progress = Some("the schema is being migrated".into());
    found.look_in = Some(LOOK_AGAIN);
    found
}

fn failed(messenger: &Messenger, status: &mut MessengerStatus, job: String, reason: &str) -> Found {
    let message = format!(
        "the migration to {} failed ({reason}); the old version serves on. Mend the cause and remove the \
         Job {job} to try again",
        messenger.spec.version
    );
    let mut migration = status
        .migration
        .take()
        .filter(|m| m.job == job)
        .unwrap_or_default();
    migration.job = job;
    migration.message = Some(reason.to_owned());
    status.migration = Some(migration);
    Found::trouble(Finding::no(CONDITION, "MigrationFailed", message))
}

fn finish(status: &mut MessengerStatus, job: String, report: &Report) {
    let started = status.migration.take().filter(|m| m.job == job);
    status.schema_version = report.to.or(status.schema_version);
    status.migration = Some(MigrationStatus {
        job,
        from: report.from,
        to: report.to,
        started_at: started.and_then(|m| m.started_at),
        completed_at: Some(Time(Timestamp::now())),
        message: None,
    });
}

async fn start(
    messenger: &Messenger,
    context: &Context,
    status: &mut MessengerStatus,
    name: String,
) -> kube::Result<Found> {
    if let Some(missing) = missing_secret(messenger, context).await? {
        let finding = Finding::no(CONDITION, "SecretMissing", missing);
        return Ok(Found::trouble(finding));
    }
    write::apply(&context.api::<Job>(), &name, &job(messenger, &name)).await?;
    let about = messenger.object_ref(&());
    let note = format!("the Job {name} migrates to {}", messenger.spec.version);
    context
        .tell(
            &about,
            EventType::Normal,
            "MigrationStarted",
            "Migrate",
            note,
        )
        .await;
    let found = running(&name);
    status.migration = Some(MigrationStatus {
        job: name,
        started_at: Some(Time(Timestamp::now())),
        ..MigrationStatus::default()
    });
    Ok(found)
}

/// What to do about the first Secret that is not there.
async fn missing_secret(messenger: &Messenger, context: &Context) -> kube::Result<Option<String>> {
    let database = &messenger.spec.database;
    for reference in [&database.secret_ref]
        .into_iter()
        .chain(&database.ca_secret_ref)
    {
        if let Err(missing) = context.secret(reference).await? {
            return Ok(Some(missing));
        }
    }
    Ok(None)
}

/// What the Job has come to.
async fn state(context: &Context, name: &str) -> kube::Result<JobState> {
    let Some(job) = context.api::<Job>().get_opt(name).await? else {
        return Ok(JobState::Absent);
    };
    let conditions = job
        .status
        .and_then(|status| status.conditions)
        .unwrap_or_default();
    let ended = |kind: &str| {
        conditions
            .iter()
            .find(|c| c.type_ == kind && c.status == "True")
    };
    if ended("Complete").is_some() {
        return Ok(JobState::Complete(report(context, name).await?));
    }
    // A Job that failed has no completion time: only its conditions tell.
    let Some(failed) = ended("Failed") else {
        return Ok(JobState::Running);
    };
    let report = report(context, name).await?;
    let reason = report.error.or_else(|| failed.message.clone());
    Ok(JobState::Failed(
        reason.unwrap_or_else(|| "it gives no reason".into()),
    ))
}

/// What the last attempt told in its termination messages.
async fn report(context: &Context, job: &str) -> kube::Result<Report> {
    let of_job = ListParams::default().labels(&format!("batch.kubernetes.io/job-name={job}"));
    let mut pods = context.api::<Pod>().list(&of_job).await?.items;
    pods.sort_by_key(|pod| pod.creation_timestamp().map(|time| time.0));
    let Some(status) = pods.pop().and_then(|pod| pod.status) else {
        return Ok(Report::default());
    };
    let containers = status.init_container_statuses.iter().flatten();
    let mut merged = Report::default();
    for container in containers.chain(status.container_statuses.iter().flatten()) {
        let Some(report) = termination(container) else {
            continue;
        };
        merged.error = merged.error.or(report.error);
        // The schema is chat's.
        if container.name == "chat" {
            (merged.from, merged.to) = (report.from, report.to);
        }
    }
    Ok(merged)
}

fn termination(container: &ContainerStatus) -> Option<Report> {
    let ended = |state: &Option<k8s_openapi::api::core::v1::ContainerState>| {
        state.as_ref().and_then(|state| state.terminated.clone())
    };
    let ended = ended(&container.state).or_else(|| ended(&container.last_state))?;
    Some(Report::read(ended.message.as_deref().unwrap_or_default()))
}

/// The Job: chat's tables, then the bot's.
fn job(messenger: &Messenger, name: &str) -> Value {
    let migration = &messenger.spec.migration;
    let chat = container("chat", &migration.image, messenger);
    let bot = migration
        .bot_image
        .as_ref()
        .map(|image| container("bot", image, messenger));
    let (first, last) = match bot {
        None => (vec![], chat),
        Some(bot) => (vec![chat], bot),
    };
    let database = &messenger.spec.database;
    let url = Some((&database.secret_ref, "database-url"));
    let ca = database
        .ca_secret_ref
        .as_ref()
        .map(|ca| (ca, "database-ca.crt"));
    let sources = url.into_iter().chain(ca).map(|(secret, path)| {
        let items = json!([{ "key": secret.key, "path": path }]);
        json!({ "secret": { "name": secret.name, "items": items } })
    });
    let sources: Vec<_> = sources.collect();
    let pull_secrets = migration.image_pull_secrets.iter();
    let labels = json!({
        "app.kubernetes.io/name": "migration",
        "app.kubernetes.io/instance": messenger.name_any(),
        "app.kubernetes.io/component": "migration",
        "app.kubernetes.io/part-of": "chappe",
        "app.kubernetes.io/managed-by": MANAGER,
    });
    json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": name,
            "labels": labels,
            "ownerReferences": [messenger.controller_owner_ref(&())],
        },
        "spec": {
            "backoffLimit": migration.backoff_limit,
            "activeDeadlineSeconds": migration.active_deadline_seconds,
            "template": {
                "metadata": { "labels": labels },
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": false,
                    "imagePullSecrets": pull_secrets.map(|name| json!({ "name": name })).collect::<Vec<_>>(),
                    "securityContext": pod_security(migration.platform_assigns_user),
                    "initContainers": first,
                    "containers": [last],
                    "volumes": [{
                        "name": "secrets",
                        "projected": { "defaultMode": 0o440, "sources": sources },
                    }],
                },
            },
        },
    })
}

fn pod_security(platform_assigns_user: bool) -> Value {
    let mut security = json!({
        "runAsNonRoot": true,
        "seccompProfile": { "type": "RuntimeDefault" },
    });
    if !platform_assigns_user {
        for id in ["runAsUser", "runAsGroup", "fsGroup"] {
            security[id] = NONROOT.into();
        }
    }
    security
}

fn container(name: &str, image: &str, messenger: &Messenger) -> Value {
    json!({
        "name": name,
        "image": image,
        "imagePullPolicy": messenger.spec.migration.image_pull_policy,
        "args": ["migrate"],
        "env": [
            { "name": "CHAPPE_DATABASE_URL_FILE", "value": format!("{SECRETS}/database-url") },
            { "name": "CHAPPE_MIGRATION_REPORT", "value": "/dev/termination-log" },
        ],
        "resources": {
            "requests": { "cpu": "50m", "memory": "64Mi" },
            "limits": { "memory": "256Mi" },
        },
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": { "drop": ["ALL"] },
        },
        "volumeMounts": [{ "name": "secrets", "mountPath": SECRETS, "readOnly": true }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::messenger;

    #[test]
    fn the_job_is_one_of_kubernetes_and_fit_for_restricted_namespaces() {
        let job: Job = serde_json::from_value(job(&messenger(), "chappe-migrate-0")).unwrap();
        let pod = job.spec.unwrap().template.spec.unwrap();
        assert_eq!(pod.security_context.unwrap().run_as_non_root, Some(true));
        let containers = pod
            .init_containers
            .unwrap()
            .into_iter()
            .chain(pod.containers);
        for container in containers {
            let context = container.security_context.unwrap();
            assert_eq!(context.allow_privilege_escalation, Some(false));
            assert_eq!(context.capabilities.unwrap().drop.unwrap(), ["ALL"]);
        }
    }
}
