//! The namespaces of a test run. All that is in the cluster because of the tests goes with them.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use uuid::Uuid;

use super::installation::RELEASE;
use super::{Kubectl, command};

/// How long a namespace may take to go.
const LEAVING: Duration = Duration::from_mins(2);

/// Those that were made and not removed yet.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    names: Arc<Mutex<BTreeSet<String>>>,
}

impl Namespaces {
    /// Removes them, and ends this process, when somebody interrupts it. Called within the runtime.
    pub fn remove_on_signals(&self) -> Result<()> {
        for kind in [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ] {
            let (mut signals, namespaces) = (signal(kind)?, self.clone());
            tokio::spawn(async move {
                signals.recv().await;
                eprintln!("interrupted: the tests' namespaces are removed");
                namespaces.remove_all().await;
                std::process::exit(128 + kind.as_raw_value());
            });
        }
        Ok(())
    }

    /// A new one, with Pod Security `restricted` enforced.
    pub(super) async fn create(&self) -> Result<Kubectl> {
        let random = Uuid::now_v7().simple().to_string();
        let name = format!("chappe-test-{}", &random[random.len() - 6..]);
        self.locked().insert(name.clone());
        let kubectl = Kubectl::new(&name);
        kubectl
            .apply(&json!({
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": { "name": name, "labels": {
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/warn": "restricted",
                }},
            }))
            .await?;
        Ok(kubectl)
    }

    /// Removes all, whatever state they are in.
    pub async fn remove_all(&self) {
        let names = self.locked().clone();
        for name in names {
            match remove(&name).await {
                Ok(()) => {
                    self.locked().remove(&name);
                }
                Err(error) => eprintln!("the namespace {name} is left behind: {error:#}"),
            }
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn remove(name: &str) -> Result<()> {
    // The release has objects outside of the namespace, too. It may not be there, or be broken.
    let uninstall = [
        "uninstall",
        RELEASE,
        "--namespace",
        name,
        "--ignore-not-found",
        "--no-hooks",
    ];
    if let Err(error) = command::run("helm", &uninstall, "", LEAVING).await {
        eprintln!("{error:#}");
    }
    // Without an operator nobody would let go of them.
    let kubectl = Kubectl::new(name);
    for bot in kubectl.list("telegrambots", "").await.unwrap_or_default() {
        let bot = format!("telegrambot/{}", super::kubectl::name(&bot));
        let released = json!({ "metadata": { "finalizers": null } });
        kubectl.patch(&bot, &released).await?;
    }
    kubectl.delete(&format!("namespace/{name}"), LEAVING).await
}
