//! A namespace of its own with an operator at work in it.

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use http::{Method, Request};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret};
use kube::api::{DeleteParams, ListParams, Patch, PatchParams, PostParams};
use kube::client::{Body, ClientBuilder};
use kube::core::NamespaceResourceScope;
use kube::{Api, Client, Config, Resource, ResourceExt as _};
use operator::Context;
use operator::resources::{Messenger, TelegramBot};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tower::util::MapRequestLayer;

use crate::neighbours::Fakes;

const DEADLINE: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(50);
/// On every node: the kubelet itself starts it.
const IMAGE: &str = "cluster.local/pause:1";

/// Its namespace goes with it.
pub(crate) struct World {
    pub(crate) client: Client,
    pub(crate) namespace: String,
    pub(crate) fakes: Fakes,
    writes: Arc<AtomicUsize>,
    watched: Client,
    operator: Option<JoinHandle<()>>,
}

impl World {
    /// With an operator at work.
    pub(crate) async fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let namespace = format!("operator-{}-{number}", std::process::id());
        let client = Client::try_default()
            .await
            .expect("a cluster: KUBECONFIG names it");
        operator::definitions::apply(&client)
            .await
            .expect("definitions");
        let made = Namespace {
            metadata: kube::core::ObjectMeta {
                name: Some(namespace.clone()),
                ..Default::default()
            },
            ..Namespace::default()
        };
        let namespaces = Api::<Namespace>::all(client.clone());
        namespaces
            .create(&PostParams::default(), &made)
            .await
            .expect("a namespace");

        let writes = Arc::new(AtomicUsize::new(0));
        let mut world = Self {
            watched: watched(&writes).await,
            client,
            namespace,
            fakes: Fakes::default(),
            writes,
            operator: None,
        };
        world.start();
        world
    }

    /// A new operator, which knows nothing of an earlier one.
    pub(crate) fn start(&mut self) {
        let neighbours = self.fakes.neighbours();
        let context = Context::new(self.watched.clone(), self.namespace.clone(), neighbours);
        let context = Arc::new(context);
        self.operator = Some(tokio::spawn(async move { operator::work(&context).await }));
    }

    /// Wherever it is.
    pub(crate) async fn kill(&mut self) {
        let operator = self.operator.take().unwrap();
        operator.abort();
        let _ = operator.await;
    }

    /// Requests of the operator that change something.
    pub(crate) fn writes(&self) -> usize {
        self.writes.load(Ordering::SeqCst)
    }

    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// A Deployment of Pods that do nothing.
    pub(crate) async fn deployment(&self, name: &str, replicas: i32) {
        let labels = json!({ "app": name });
        let deployment = json!({
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": { "name": name },
            "spec": {
                "replicas": replicas,
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": {
                        "terminationGracePeriodSeconds": 0,
                        "containers": [{ "name": "main", "image": IMAGE, "imagePullPolicy": "IfNotPresent" }],
                    },
                },
            },
        });
        self.create::<Deployment>(deployment)
            .await
            .expect("a Deployment");
    }

    pub(crate) async fn secret(&self, name: &str, key: &str, value: &str) {
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": { "name": name },
            "stringData": { key: value },
        });
        let params = PatchParams::apply("test").force();
        let api = self.api::<Secret>();
        api.patch(name, &params, &Patch::Apply(secret))
            .await
            .expect("a Secret");
    }

    pub(crate) async fn create<K>(&self, object: Value) -> kube::Result<K>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + serde::Serialize
            + DeserializeOwned
            + Clone
            + Debug,
    {
        let object: K = serde_json::from_value(object).expect("an object of its kind");
        self.api::<K>()
            .create(&PostParams::default(), &object)
            .await
    }

    /// All components, and a Messenger whose spec differs by this.
    pub(crate) async fn messenger(&self, change: Value) {
        for name in ["chat", "notification"] {
            self.deployment(name, 1).await;
        }
        self.deployment("gateway", 2).await;
        self.create::<Messenger>(messenger("chappe", change))
            .await
            .expect("a Messenger");
    }

    pub(crate) async fn change<K>(&self, name: &str, change: Value)
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>
            + DeserializeOwned
            + Clone
            + Debug,
    {
        let api = self.api::<K>();
        let merge = Patch::Merge(change);
        api.patch(name, &PatchParams::default(), &merge)
            .await
            .expect("a change");
    }

    pub(crate) async fn gateways(&self) -> Vec<Pod> {
        let gateways = ListParams::default().labels("app=gateway");
        let mut pods = self.api::<Pod>().list(&gateways).await.expect("Pods").items;
        pods.retain(|pod| pod.metadata.deletion_timestamp.is_none());
        pods
    }

    /// So many gateways are there, and the registry knows each.
    pub(crate) async fn counted(&self, count: usize) -> Vec<String> {
        let names = self
            .until("gateways", async || {
                let pods = self.gateways().await;
                (pods.len() == count)
                    .then(|| pods.iter().map(kube::ResourceExt::name_any).collect())
            })
            .await;
        self.fakes.set(|state| {
            let names: &Vec<String> = &names;
            state.connections.retain(|pod, _| names.contains(pod));
            for name in names {
                state.connections.entry(name.clone()).or_insert(0);
            }
        });
        names
    }

    /// Status, reason and message of a Messenger's condition.
    pub(crate) async fn condition(
        &self,
        name: &str,
        kind: &str,
    ) -> Option<(String, String, String)> {
        let messenger = self.api::<Messenger>().get(name).await.ok()?;
        let conditions = messenger.status?.conditions;
        found(&conditions, kind)
    }

    pub(crate) async fn bot_condition(
        &self,
        name: &str,
        kind: &str,
    ) -> Option<(String, String, String)> {
        let bot = self.api::<TelegramBot>().get(name).await.ok()?;
        found(&bot.status?.conditions, kind)
    }

    /// Waits until the Messenger's condition has this reason, and answers its message.
    pub(crate) async fn reason(&self, kind: &str, reason: &str) -> String {
        self.until(&format!("{kind} is {reason}"), async || {
            let (_, is, message) = self.condition("chappe", kind).await?;
            (is == reason).then_some(message)
        })
        .await
    }

    /// Waits for an answer, not for ever.
    pub(crate) async fn until<T>(&self, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            assert!(
                Instant::now() < deadline,
                "in vain until {what}: {:#?}",
                self.api::<Messenger>()
                    .get("chappe")
                    .await
                    .ok()
                    .and_then(|m| m.status)
            );
            tokio::time::sleep(POLL).await;
        }
    }

    /// Stops the operator, so that it takes no bot that is being removed for its own.
    pub(crate) async fn end(mut self) {
        self.kill().await;
    }
}

impl Drop for World {
    /// Removes the namespace, also after a test that failed; bots are let go of first.
    fn drop(&mut self) {
        if let Some(operator) = self.operator.take() {
            operator.abort();
        }
        let namespace = self.namespace.clone();
        let removing = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(remove(namespace));
        });
        let _ = removing.join();
    }
}

async fn remove(namespace: String) {
    // A client of this runtime: the test's ends with the test.
    let Ok(client) = Client::try_default().await else {
        return;
    };
    let bots = Api::<TelegramBot>::namespaced(client.clone(), &namespace);
    let release = json!({ "metadata": { "finalizers": [] } });
    for bot in bots
        .list(&ListParams::default())
        .await
        .into_iter()
        .flatten()
    {
        let merge = Patch::Merge(&release);
        let _ = bots
            .patch(&bot.name_any(), &PatchParams::default(), &merge)
            .await;
    }
    let namespaces = Api::<Namespace>::all(client);
    let _ = namespaces
        .delete(&namespace, &DeleteParams::default())
        .await;
}

fn found(
    conditions: &[k8s_openapi::apimachinery::pkg::apis::meta::v1::Condition],
    kind: &str,
) -> Option<(String, String, String)> {
    let found = conditions
        .iter()
        .find(|condition| condition.type_ == kind)?;
    Some((
        found.status.clone(),
        found.reason.clone(),
        found.message.clone(),
    ))
}

/// A client that counts what changes something.
async fn watched(writes: &Arc<AtomicUsize>) -> Client {
    let writes = writes.clone();
    let count = MapRequestLayer::new(move |request: Request<Body>| {
        if request.method() != Method::GET {
            writes.fetch_add(1, Ordering::SeqCst);
        }
        request
    });
    let config = Config::infer()
        .await
        .expect("a cluster: KUBECONFIG names it");
    ClientBuilder::try_from(config)
        .expect("a client")
        .with_layer(&count)
        .build()
}

/// A Messenger of small numbers.
pub(crate) fn messenger(name: &str, change: Value) -> Value {
    let mut messenger = json!({
        "apiVersion": "chappe.dev/v1alpha1",
        "kind": "Messenger",
        "metadata": { "name": name },
        "spec": {
            "version": "1.4.0",
            "components": {
                "gateway": { "deploymentName": "gateway" },
                "chat": { "deploymentName": "chat" },
                "notification": { "deploymentName": "notification" },
            },
            "database": { "secretRef": { "name": "database", "key": "url" } },
            "migration": { "image": IMAGE, "policy": "Manual", "activeDeadlineSeconds": 10, "backoffLimit": 0 },
            "kafka": { "bootstrapServers": "kafka:9092", "topics": { "replicationFactor": 1 } },
            "registry": { "notificationUrl": "http://notification:7002" },
            "bots": { "secretName": "bots", "url": "http://bot:7004" },
            "gateway": {
                "scaling": { "min": 2, "max": 5, "targetConnectionsPerPod": 100, "headroomPercent": 0, "stabilizationSeconds": 1 },
                "drain": { "minSeconds": 0, "timeoutSeconds": 30 },
            },
        },
    });
    merge(&mut messenger["spec"], change);
    messenger
}

fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, change) => *into = change,
    }
}
