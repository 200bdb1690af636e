//! The gateways: counted, scaled, drained.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams};
use kube::core::Selector;
use kube::runtime::events::EventType;
use kube::{Resource as _, ResourceExt as _};
use serde_json::json;

use super::Found;
use super::components::Observed;
use crate::context::Context;
use crate::domain::gateways::{Gateway, Gateways, Goal, Leaving, Step, next_step};
use crate::domain::scaling::{Recent, needed};
use crate::pods;
use crate::ports::{Counts, Unavailable};
use crate::resources::condition::Finding;
use crate::resources::messenger::{
    DrainStatus, GatewayStatus, Messenger, MessengerStatus, ScalingMode,
};
use crate::write::{self, unless_gone};

/// When a Pod began to leave, RFC 3339.
pub(crate) const DRAINING_SINCE: &str = "chappe.dev/draining-since";
/// The `ReplicaSet` removes the cheapest Pod first.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
/// How often a gateway that leaves is looked at.
const DRAIN_LOOK: Duration = Duration::from_secs(1);

pub(super) async fn advance(
    messenger: &Messenger,
    context: &Context,
    recent: &mut Recent,
    observed: &[Observed],
    status: &mut MessengerStatus,
) -> kube::Result<Found> {
    let Some(deployment) = observed.iter().find(|one| one.name == "gateway") else {
        return Ok(Found::default());
    };
    let Some(selector) = deployment.deployment.as_ref().and_then(pods::selector) else {
        status.gateway = None;
        let message = "there are no gateways to scale";
        let finding = Finding::no("ScalingActive", "ComponentMissing", message);
        return Ok(Found::of(finding));
    };
    let url = &messenger.spec.registry.notification_url;
    let counts = context.neighbours.registry.gateways(url).await;
    let fresh = counts.as_ref().is_ok_and(|counts| counts.fresh);
    let known = counts.as_ref().cloned().unwrap_or_default();

    let pods = present(context, &selector).await?;
    let drains = drains(messenger, context, &pods, &known).await;
    let connections = connections(&pods, &known, &drains);
    let gateways = Gateways {
        replicas: deployment.replicas(),
        settled: deployment.is_settled(),
        pods: pods
            .iter()
            .map(|pod| gateway(pod, &known, &drains))
            .collect(),
    };
    let staying = gateways.replicas - i32::try_from(drains.len()).unwrap_or_default();
    let goal = goal(messenger, recent, fresh, connections, staying);

    let mut found = Found::of(scaling(messenger, &counts));
    if messenger.spec.gateway.scaling.mode == ScalingMode::None {
        remove_who_has_left(context, &drains).await?;
    } else {
        take(messenger, context, next_step(goal, &gateways)).await?;
    }
    if drains.is_empty() {
        let message = "no gateway is leaving";
        found
            .findings
            .push(Finding::no("Draining", "Idle", message));
    } else {
        let names: Vec<_> = drains.keys().map(String::as_str).collect();
        let message = format!("leaving: {}", names.join(", "));
        found
            .findings
            .push(Finding::yes("Draining", "GatewayLeaving", message.clone()));
        found.progress = Some(message);
        found.look_in = Some(DRAIN_LOOK);
    }
    status.gateway = Some(GatewayStatus {
        replicas: i32::try_from(pods.len()).unwrap_or(i32::MAX),
        selector: selector.to_string(),
        desired_replicas: (messenger.spec.gateway.scaling.mode != ScalingMode::None)
            .then_some(goal.needed.max(goal.enough.unwrap_or(goal.needed))),
        connections: counts
            .is_ok()
            .then(|| i64::try_from(connections).unwrap_or(i64::MAX)),
        registry_fresh: fresh,
        draining: drains.into_values().map(|drain| drain.status).collect(),
    });
    Ok(found)
}

/// Pods that are not being removed.
async fn present(context: &Context, selector: &Selector) -> kube::Result<Vec<Pod>> {
    let all = context
        .api::<Pod>()
        .list(&ListParams::default().labels_from(selector))
        .await?;
    let mut pods = all.items;
    pods.retain(|pod| {
        let phase = pod
            .status
            .as_ref()
            .and_then(|status| status.phase.as_deref());
        pod.meta().deletion_timestamp.is_none() && !matches!(phase, Some("Failed" | "Succeeded"))
    });
    Ok(pods)
}

/// Of all gateways. Who has just moved from one that leaves is still in its last beat, so what it answered
/// itself is taken.
fn connections(pods: &[Pod], counts: &Counts, drains: &BTreeMap<String, Departure>) -> u64 {
    let of = |pod: &Pod| {
        let name = pod.name_any();
        match drains.get(&name) {
            Some(departure) => departure.remaining,
            None => Some(counts.gateways.get(&name)?.connections),
        }
    };
    pods.iter().filter_map(of).map(u64::from).sum()
}

fn is_ready(pod: &Pod) -> bool {
    let conditions = pod.status.iter().flat_map(|status| &status.conditions);
    conditions
        .flatten()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn gateway(pod: &Pod, counts: &Counts, drains: &BTreeMap<String, Departure>) -> Gateway {
    let name = pod.name_any();
    Gateway {
        created: pod.creation_timestamp().map(|time| time.0),
        ready: is_ready(pod),
        connections: counts
            .gateways
            .get(&name)
            .map(|counted| counted.connections),
        leaving: drains.get(&name).map(|drain| drain.leaving.clone()),
        pod: name,
    }
}

/// How many gateways there should be. Nobody leaves by counts that can't be relied on.
fn goal(
    messenger: &Messenger,
    recent: &mut Recent,
    fresh: bool,
    connections: u64,
    staying: i32,
) -> Goal {
    let gateway = &messenger.spec.gateway;
    match gateway.scaling.mode {
        ScalingMode::Registry if fresh => {
            let needed = needed(&gateway.scaling, connections);
            let span = u64::try_from(gateway.scaling.stabilization_seconds).unwrap_or_default();
            let span = Duration::from_secs(span);
            Goal {
                needed,
                reliable: true,
                enough: recent.note(Instant::now(), needed, span),
            }
        }
        ScalingMode::Registry => {
            recent.forget();
            Goal {
                needed: staying.max(gateway.scaling.min),
                reliable: false,
                enough: None,
            }
        }
        ScalingMode::External => {
            let needed = gateway.replicas.unwrap_or(gateway.scaling.min);
            Goal {
                needed,
                reliable: fresh,
                enough: Some(needed),
            }
        }
        ScalingMode::None => Goal {
            needed: staying,
            reliable: false,
            enough: None,
        },
    }
}

fn scaling(messenger: &Messenger, counts: &Result<Counts, Unavailable>) -> Finding {
    const CONDITION: &str = "ScalingActive";
    if messenger.spec.gateway.scaling.mode == ScalingMode::None {
        return Finding::no(CONDITION, "ScalingOff", "spec.gateway.scaling.mode is None");
    }
    match counts {
        Ok(counts) if counts.fresh => Finding::yes(
            CONDITION,
            "RegistryFresh",
            "the registry knows every gateway",
        ),
        Ok(_) => Finding::no(
            CONDITION,
            "RegistryStale",
            "the registry is away or was emptied: gateways may come and none leaves until it knows all again",
        ),
        Err(away) => Finding::no(
            CONDITION,
            "RegistryUnavailable",
            format!("{away}: gateways may come and none leaves"),
        ),
    }
}

/// A gateway that is on its way out.
struct Departure {
    leaving: Leaving,
    /// As it told itself.
    remaining: Option<u32>,
    status: DrainStatus,
}

/// Tells everybody who leaves to let their connections go (again), and looks how many are left.
async fn drains(
    messenger: &Messenger,
    context: &Context,
    pods: &[Pod],
    counts: &Counts,
) -> BTreeMap<String, Departure> {
    let mut departures = BTreeMap::new();
    for pod in pods {
        let Some(since) = pod.annotations().get(DRAINING_SINCE) else {
            continue;
        };
        // An annotation that can't be read has begun for ever ago: it ends at once.
        let since: Timestamp = since.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let remaining = remaining(messenger, context, pod, counts).await;
        departures.insert(pod.name_any(), departure(messenger, pod, since, remaining));
    }
    departures
}

async fn remaining(
    messenger: &Messenger,
    context: &Context,
    pod: &Pod,
    counts: &Counts,
) -> Option<u32> {
    let drain = &messenger.spec.gateway.drain;
    let address = &counts.gateways.get(&pod.name_any())?.address;
    let rate = u32::try_from(drain.closes_per_second).unwrap_or_default();
    let jitter = u64::try_from(drain.reconnect_jitter_seconds).unwrap_or_default();
    let told = context
        .neighbours
        .edge
        .drain(address, rate, Duration::from_secs(jitter))
        .await;
    told.inspect_err(
        |away| tracing::warn!(pod = pod.name_any(), %away, "a gateway was not told to drain"),
    )
    .ok()
}

fn departure(
    messenger: &Messenger,
    pod: &Pod,
    since: Timestamp,
    remaining: Option<u32>,
) -> Departure {
    let drain = &messenger.spec.gateway.drain;
    let after = |seconds: i32| {
        let later = since.checked_add(SignedDuration::from_secs(seconds.into()));
        later.unwrap_or(Timestamp::MAX)
    };
    let (earliest, deadline) = (after(drain.min_seconds), after(drain.timeout_seconds));
    let now = Timestamp::now();
    Departure {
        leaving: Leaving {
            deadline,
            done: now >= deadline || (remaining == Some(0) && now >= earliest),
        },
        remaining,
        status: DrainStatus {
            pod: pod.name_any(),
            remaining: remaining.map(|n| i32::try_from(n).unwrap_or(i32::MAX)),
            deadline: Time(deadline),
        },
    }
}

/// Somebody else chooses the number now: who was told to leave before that makes room for a new one.
async fn remove_who_has_left(
    context: &Context,
    drains: &BTreeMap<String, Departure>,
) -> kube::Result<()> {
    let api = context.api::<Pod>();
    for (pod, _) in drains.iter().filter(|(_, drain)| drain.leaving.done) {
        unless_gone(api.delete(pod, &DeleteParams::default()).await)?;
    }
    Ok(())
}

async fn take(messenger: &Messenger, context: &Context, step: Step) -> kube::Result<()> {
    let about = messenger.object_ref(&());
    match step {
        Step::Stay => {}
        Step::ScaleTo(replicas) => {
            let name = &messenger.spec.components.gateway.deployment_name;
            let fields = json!({
                "apiVersion": "apps/v1",
                "kind": "Deployment",
                "metadata": { "name": name },
                "spec": { "replicas": replicas },
            });
            write::apply(&context.api::<Deployment>(), name, &fields).await?;
            context.metrics.did("scale");
            let note = format!("{name} is to have {replicas} gateways");
            tracing::info!(note, "scaling");
            context
                .tell(&about, EventType::Normal, "Scaled", "Scale", note)
                .await;
        }
        Step::Drain(pod) => {
            let annotations = json!({ "metadata": { "annotations": {
                DRAINING_SINCE: Timestamp::now().to_string(),
                DELETION_COST: "-1000",
            }}});
            let api = context.api::<Pod>();
            let merge = Patch::Merge(&annotations);
            unless_gone(api.patch(&pod, &PatchParams::default(), &merge).await)?;
            context.metrics.did("drain");
            let note = format!("{pod} has the fewest connections and leaves");
            tracing::info!(note, "draining");
            context
                .tell(&about, EventType::Normal, "DrainStarted", "Drain", note)
                .await;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::messenger;

    #[test]
    fn a_gateway_is_done_when_it_is_empty_after_the_least_time_or_at_the_deadline() {
        let mut messenger = messenger();
        messenger.spec.gateway.drain.min_seconds = 5;
        messenger.spec.gateway.drain.timeout_seconds = 60;
        let ago = |seconds| Timestamp::now() - SignedDuration::from_secs(seconds);
        let done = |since, remaining| {
            departure(&messenger, &Pod::default(), since, remaining)
                .leaving
                .done
        };
        assert!(!done(ago(1), Some(0)), "load balancers do not know yet");
        assert!(done(ago(6), Some(0)));
        assert!(!done(ago(6), Some(3)));
        assert!(!done(ago(6), None), "it was not asked");
        assert!(done(ago(61), Some(3)));
        assert!(done(Timestamp::UNIX_EPOCH, None));
    }

    #[test]
    fn without_fresh_counts_nobody_leaves() {
        let messenger = messenger();
        let mut recent = Recent::default();
        let goal = goal(&messenger, &mut recent, false, 0, 7);
        assert_eq!((goal.needed, goal.reliable, goal.enough), (7, false, None));
    }
}
