//! What all parts together mean.

use super::components::Observed;
use super::{Found, Trouble};
use crate::resources::condition::Finding;
use crate::resources::messenger::{Messenger, MessengerStatus};

/// Another Messenger has these gateways.
pub(super) fn conflict(rival: &str) -> Found {
    let message = format!(
        "the Messenger {rival} has the same gateways and is older: remove one of the two, or let \
         components.gateway name another Deployment"
    );
    Found {
        findings: vec![
            Finding::yes("Degraded", "Conflict", message.clone()),
            Finding::no("Ready", "Conflict", message.clone()),
            Finding::no("Progressing", "Conflict", message),
        ],
        ..Found::default()
    }
}

/// Nothing is done.
pub(super) fn paused(observed: &[Observed]) -> Found {
    Found {
        findings: vec![
            ready(observed, &[]),
            Finding::no(
                "Progressing",
                "Paused",
                "spec.paused is set: nothing is changed",
            ),
        ],
        ..Found::default()
    }
}

/// `Ready`, `Progressing` and `Degraded`, and the version that runs.
pub(super) fn of(
    messenger: &Messenger,
    observed: &[Observed],
    parts: [Found; 3],
    status: &mut MessengerStatus,
) -> Found {
    let mut all = Found::default();
    let mut progress = Vec::new();
    for part in parts {
        all.findings.extend(part.findings);
        all.troubles.extend(part.troubles);
        progress.extend(part.progress);
        all.look_in = [all.look_in, part.look_in].into_iter().flatten().min();
    }
    for component in observed {
        if component.deployment.is_none() {
            all.troubles.push(Trouble {
                reason: "ComponentMissing",
                message: format!(
                    "there is no Deployment {}: install its chart, or correct spec.components.{}",
                    component.deployment_name, component.name
                ),
            });
        } else if let Some(message) = component.stuck() {
            all.troubles.push(Trouble {
                reason: "RolloutStuck",
                message,
            });
        } else if !component.is_rolled_out() {
            progress.push(format!("{} is rolling out", component.deployment_name));
        }
    }
    let migrated = all
        .findings
        .iter()
        .any(|f| f.kind == "SchemaMigrated" && f.holds == Some(true));
    if progress.is_empty() && migrated && all.troubles.is_empty() {
        status.version = Some(messenger.spec.version.clone());
    }
    all.findings.push(ready(observed, &all.findings));
    all.findings.push(match progress.as_slice() {
        [] => Finding::no("Progressing", "Settled", "all is as it is to be"),
        some => Finding::yes("Progressing", "Changing", some.join("; ")),
    });
    all.findings.push(match all.troubles.first() {
        None => Finding::no("Degraded", "Whole", "nothing is wrong"),
        Some(first) => {
            let messages: Vec<_> = all.troubles.iter().map(|t| t.message.as_str()).collect();
            Finding::yes("Degraded", first.reason, messages.join("; "))
        }
    });
    all
}

/// People are served: every component is available, on a schema that was brought up to date once.
fn ready(observed: &[Observed], findings: &[Finding]) -> Finding {
    let away: Vec<_> = observed
        .iter()
        .filter(|component| !component.is_available())
        .map(|component| component.deployment_name.as_str())
        .collect();
    if !away.is_empty() {
        let message = format!("not available: {}", away.join(", "));
        return Finding::no("Ready", "ComponentsNotAvailable", message);
    }
    let topics = findings
        .iter()
        .find(|f| f.kind == "TopicsReady" && f.holds == Some(false));
    if let Some(topics) = topics.filter(|topics| topics.reason == "TopicMissing") {
        return Finding::no("Ready", topics.reason, topics.message.clone());
    }
    Finding::yes("Ready", "Serving", "every component is available")
}
