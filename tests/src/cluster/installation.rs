//! One release of the umbrella chart in a namespace of its own.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio::time::Instant;
use uuid::Uuid;

use super::crowd::Assembly;
use super::kubectl::{is_ready, name};
use super::{Charts, Crowd, Kubectl, Namespaces, Settings, command, values};
use crate::telegram::Telegram;
use crate::{Api, Device, Person, eventually};

/// The release's name. The Messenger has it, too.
pub(super) const RELEASE: &str = "chappe";
/// The one Messenger, as `kubectl` names it.
pub const MESSENGER: &str = "messenger/chappe";
/// The Secret with the database's URL. It is the tests', as in production it is the people's.
pub(super) const DATABASE_SECRET: &str = "database";

/// All that runs, in the order in which they depend on one another.
pub const SERVICES: [&str; 5] = ["chat", "notification", "gateway", "bot", "operator"];

/// How long an installation or an upgrade may take until all is ready.
const ROLLOUT: Duration = Duration::from_mins(3);

/// A running release.
#[derive(Debug)]
pub struct Installation {
    /// `kubectl` in its namespace.
    pub kubectl: Kubectl,
    /// The REST calls, through the `NodePort`.
    pub api: Api,
    /// The gateways' `NodePort`.
    pub gateway: SocketAddr,
    /// Telegram, for all bots.
    pub telegram: Telegram,
    /// The database's URL.
    pub database: String,
    /// From `helm install` until all was ready.
    pub took: Duration,
    values: Mutex<Value>,
    assembly: OnceCell<Assembly>,
    names: AtomicU32,
}

impl Installation {
    /// Installs the charts from nothing, and waits until all is ready.
    pub async fn install(
        settings: &Settings,
        charts: &Charts,
        namespaces: &Namespaces,
    ) -> Result<Self> {
        let stack = &settings.stack;
        stack.start_all().await?;
        stack.forget().await?;
        let database = stack.fresh_database().await?;
        let (telegram, telegram_address) = Telegram::start(settings.host).await?;
        let values = values::of(settings, telegram_address)?;

        let kubectl = namespaces.create().await?;
        kubectl.apply(&database_secret(&database)).await?;
        let began = Instant::now();
        helm(&kubectl, &["install", RELEASE, "--wait"], charts, &values).await?;
        wait_until_settled(&kubectl).await?;
        let took = began.elapsed();

        let service = kubectl.get("service/chappe-gateway").await?;
        let port = service["spec"]["ports"][0]["nodePort"].as_u64();
        let port = port.context("the gateways have no NodePort")?.try_into()?;
        let gateway = SocketAddr::new(settings.node, port);
        Ok(Self {
            kubectl,
            api: Api::new(vec![format!("http://{gateway}")]),
            gateway,
            telegram,
            database,
            took,
            values: Mutex::new(values),
            assembly: OnceCell::new(),
            names: AtomicU32::new(1),
        })
    }

    /// `helm upgrade` with these values changed. Waits for nothing.
    pub async fn upgrade(&self, charts: &Charts, changes: &Value) -> Result<()> {
        let values = {
            let mut values = self.values.lock().expect("nobody panics with it");
            values::overlay(&mut values, changes);
            values.clone()
        };
        helm(&self.kubectl, &["upgrade", RELEASE], charts, &values).await
    }

    /// `helm test`.
    pub async fn test(&self) -> Result<()> {
        let arguments = ["test", RELEASE, "--namespace", self.kubectl.namespace()];
        command::run("helm", &arguments, "", ROLLOUT).await?;
        Ok(())
    }

    /// `helm uninstall`.
    pub async fn uninstall(&self) -> Result<()> {
        let namespace = self.kubectl.namespace();
        let arguments = ["uninstall", RELEASE, "--namespace", namespace, "--wait"];
        command::run("helm", &arguments, "", ROLLOUT).await?;
        Ok(())
    }

    /// Waits until all of it runs as it is to be.
    pub async fn settled(&self) -> Result<()> {
        wait_until_settled(&self.kubectl).await
    }

    /// Puts another URL into the database's Secret.
    pub async fn set_database(&self, url: &str) -> Result<()> {
        self.kubectl.apply(&database_secret(url)).await
    }

    /// Removes the database's Secret.
    pub async fn forget_database(&self) -> Result<()> {
        let secret = format!("secret/{DATABASE_SECRET}");
        self.kubectl.delete(&secret, ROLLOUT).await
    }

    /// Names of a service's pods that are not on their way out.
    pub async fn pods(&self, service: &str) -> Result<Vec<String>> {
        let pods = self.kubectl.list("pods", &labels(service)).await?;
        let staying = pods
            .iter()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        Ok(staying.map(|pod| name(pod).to_owned()).collect())
    }

    /// Waits until a service has as many ready pods as it is to have, and no other pods; `without` those.
    pub async fn whole(&self, service: &str, without: &[String]) -> Result<()> {
        let deployment = self.kubectl.get(&deployment(service)).await?;
        let wanted = deployment["spec"]["replicas"].as_u64().unwrap_or(1);
        eventually(&format!("{service} is whole"), ROLLOUT, async || {
            let pods = self.kubectl.list("pods", &labels(service)).await.ok()?;
            let ready = pods.iter().filter(|pod| is_ready(pod)).count();
            let gone = pods
                .iter()
                .all(|pod| !without.iter().any(|other| other == name(pod)));
            (ready == pods.len() && ready as u64 == wanted && gone).then_some(())
        })
        .await;
        Ok(())
    }

    /// Somebody new.
    pub async fn person(&self, name: &str) -> Person {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let name = format!("{name}_{number}");
        self.api.register(&name).await.expect("a person registers")
    }

    /// Several new people.
    pub async fn people(&self, name: &str, count: usize) -> Vec<Person> {
        let mut people = Vec::with_capacity(count);
        for _ in 0..count {
            people.push(self.person(name).await);
        }
        people
    }

    /// A private group.
    pub async fn room(&self, people: &[Person]) -> Uuid {
        let others: Vec<_> = people[1..].iter().collect();
        self.api
            .group(&people[0], "A room", &others)
            .await
            .expect("a room is opened")
    }

    /// A client of this person.
    pub async fn device(&self, person: &Person) -> Device {
        Device::connect(person, vec![self.gateway]).await
    }

    /// Many clients in many rooms, connected anew; the people are the same each time.
    pub async fn crowd(&self) -> Crowd {
        let assembly = self
            .assembly
            .get_or_init(async || Assembly::gather(self).await)
            .await;
        Crowd::connect(assembly, self.gateway).await
    }

    /// Writes a message and sees it arrive elsewhere: the system serves.
    pub async fn serves(&self) {
        const SOON: Duration = Duration::from_secs(20);
        let people = self.people("visitor", 2).await;
        let room = self.room(&people).await;
        let (writer, reader) = (self.device(&people[0]).await, self.device(&people[1]).await);
        let ack = writer.send(room, "is anybody there?").await;
        let ack = ack.expect("the message is acknowledged");
        reader.reaches(room, ack.seq, SOON).await;
        reader.assert_faultless();
    }
}

/// A service's Deployment, as `kubectl` names it.
pub fn deployment(service: &str) -> String {
    format!("deployment/{RELEASE}-{service}")
}

fn labels(service: &str) -> String {
    format!("app.kubernetes.io/instance={RELEASE},app.kubernetes.io/name={service}")
}

fn database_secret(url: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": { "name": DATABASE_SECRET },
        "stringData": { "url": url },
    })
}

async fn helm(kubectl: &Kubectl, command: &[&str], charts: &Charts, values: &Value) -> Result<()> {
    let chart = charts.umbrella();
    let chart = chart.to_str().context("a path in UTF-8")?;
    let namespace = kubectl.namespace();
    let rest = [
        chart,
        "--namespace",
        namespace,
        "--values=-",
        "--timeout=3m",
    ];
    let arguments = [command, &rest].concat();
    command::run("helm", &arguments, &values.to_string(), ROLLOUT).await?;
    Ok(())
}

/// Waits until the operator says so, about the newest of what is wanted.
async fn wait_until_settled(kubectl: &Kubectl) -> Result<()> {
    for service in SERVICES {
        let timeout = format!("--timeout={}s", ROLLOUT.as_secs());
        let arguments = ["rollout", "status", &deployment(service), &timeout];
        kubectl.run_within(&arguments, ROLLOUT).await?;
    }
    kubectl.wait(MESSENGER, "condition=Ready", ROLLOUT).await?;
    kubectl
        .wait(MESSENGER, "condition=Progressing=False", ROLLOUT)
        .await?;
    let degraded = kubectl.condition(MESSENGER, "Degraded").await?;
    ensure!(
        degraded
            .as_ref()
            .is_some_and(|degraded| degraded.status == "False"),
        "the Messenger is degraded: {degraded:?}"
    );
    Ok(())
}
