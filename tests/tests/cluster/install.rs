//! From nothing to green, and back to nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use e2e::cluster::Kubectl;
use e2e::eventually;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::telegram::{self, BOT};
use crate::{Stage, figure};

pub(crate) async fn one_command_installs_all_and_helms_test_is_green(stage: &Stage) {
    let installation = &stage.installation;
    let took = installation.took.as_secs_f64();
    figure("helm install until all is ready", format!("{took:.1} s"));

    installation.test().await.unwrap();

    installation.serves().await;
    let namespace = installation.kubectl.namespace();
    let namespace = installation
        .kubectl
        .get(&format!("namespace/{namespace}"))
        .await
        .unwrap();
    let labels = &namespace["metadata"]["labels"];
    assert_eq!(
        labels["pod-security.kubernetes.io/enforce"], "restricted",
        "{labels}"
    );
}

pub(crate) async fn an_idle_operator_is_small_and_writes_nothing(stage: &Stage) {
    /// So long nothing is written, when all that was under way is told; the operator looks every five seconds.
    const QUIET: Duration = Duration::from_secs(20);
    const BETWEEN_LOOKS: Duration = Duration::from_secs(2);
    const MOST_BYTES: u64 = 40_000_000;
    let kubectl = &stage.installation.kubectl;

    let end = Instant::now() + QUIET * 3;
    let mut seen = versions(kubectl).await;
    let mut quiet_since = Instant::now();
    while quiet_since.elapsed() < QUIET {
        sleep(BETWEEN_LOOKS).await;
        let now = versions(kubectl).await;
        let written: Vec<_> = now.difference(&seen).collect();
        assert!(Instant::now() < end, "somebody writes on: {written:?}");
        if now != seen {
            (seen, quiet_since) = (now, Instant::now());
        }
    }

    // The metrics server counts every fifteen seconds.
    let used = eventually("the operator's memory is known", QUIET * 3, async || {
        let pod = stage.installation.pods("operator").await.ok()?.pop()?;
        let path = format!(
            "/apis/metrics.k8s.io/v1beta1/namespaces/{}/pods/{pod}",
            kubectl.namespace()
        );
        let metrics = kubectl.run(&["get", "--raw", &path]).await.ok()?;
        let metrics: Value = serde_json::from_str(&metrics).ok()?;
        bytes(metrics["containers"][0]["usage"]["memory"].as_str()?)
    })
    .await;
    figure("memory of an idle operator", format!("{} kB", used / 1000));
    assert!(used < MOST_BYTES, "the operator takes {used} bytes");
}

/// What the operator could write to, but for its Lease: names and versions.
async fn versions(kubectl: &Kubectl) -> BTreeSet<(String, String)> {
    let kinds = "messengers,telegrambots,deployments,jobs,secrets";
    let all = kubectl.list(kinds, "").await.unwrap();
    let field = |resource: &Value, name: &str| {
        resource["metadata"][name]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    all.iter()
        .map(|resource| {
            let name = format!("{}/{}", resource["kind"], field(resource, "name"));
            (name, field(resource, "resourceVersion"))
        })
        .collect()
}

/// Kubernetes' quantities of memory.
fn bytes(quantity: &str) -> Option<u64> {
    let digits = quantity.trim_end_matches(|c: char| !c.is_ascii_digit());
    let factor = match &quantity[digits.len()..] {
        "" => 1,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        _ => return None,
    };
    Some(digits.parse::<u64>().ok()? * factor)
}

pub(crate) async fn uninstalled_it_leaves_nothing_but_data(stage: &Stage) {
    const SOON: Duration = Duration::from_mins(1);
    let installation = &stage.installation;
    let kubectl = &installation.kubectl;
    let owner = installation.person("owner").await;
    let room = installation.room(&[owner]).await;
    // The finalizer must not hold it back when nobody is left to remove it.
    telegram::bridge(installation, room).await;

    installation.uninstall().await.unwrap();

    // People's own: the addresses and tokens that they gave, the bot that they declared. The rest is in
    // every namespace.
    let data = [
        "configmap/kube-root-ca.crt",
        "secret/database",
        "secret/telegram-token",
        "serviceaccount/default",
        &format!("telegrambot.chappe.dev/{BOT}"),
    ];
    let mut left = BTreeSet::new();
    let cleared = tokio::time::timeout(SOON, async {
        loop {
            left = all(kubectl).await;
            if left.iter().all(|name| data.contains(&name.as_str())) {
                break;
            }
        }
    });
    let cleared = cleared.await;
    assert!(cleared.is_ok(), "left behind: {left:#?}");
    assert_eq!(
        left.len(),
        data.len(),
        "data is gone: only {left:#?} is left"
    );
    assert_eq!(of_the_cluster(kubectl).await, Vec::<String>::new());

    let namespace = format!("namespace/{}", kubectl.namespace());
    kubectl.delete(&namespace, SOON).await.unwrap();
}

/// Names of everything in the namespace but events, which are history.
async fn all(kubectl: &Kubectl) -> BTreeSet<String> {
    let kinds = kubectl
        .run(&[
            "api-resources",
            "--verbs=list",
            "--namespaced",
            "--output=name",
        ])
        .await
        .unwrap();
    let kinds: Vec<_> = kinds
        .lines()
        .filter(|kind| !kind.starts_with("events") && !kind.ends_with(".metrics.k8s.io"))
        .collect();
    let listed = kubectl
        .run(&[
            "get",
            &kinds.join(","),
            "--ignore-not-found",
            "--output=name",
        ])
        .await
        .unwrap();
    listed.lines().map(str::to_owned).collect()
}

/// Names of what belongs to this installation outside of its namespace.
async fn of_the_cluster(kubectl: &Kubectl) -> Vec<String> {
    let kinds = "clusterroles,clusterrolebindings,priorityclasses";
    let all = kubectl.run(&["get", kinds, "--output=name"]).await.unwrap();
    all.lines()
        .filter(|name| name.contains(kubectl.namespace()))
        .map(str::to_owned)
        .collect()
}
