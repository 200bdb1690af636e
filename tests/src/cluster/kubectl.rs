//! `kubectl` in one namespace.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::command;

/// How long a call may take that waits for nothing.
const PATIENCE: Duration = Duration::from_secs(30);

/// `kubectl` in one namespace. Resources are named as on the command line: `deployment/chappe-chat`.
#[derive(Clone, Debug)]
pub struct Kubectl {
    namespace: String,
}

/// A condition of a resource's status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `True`, `False` or `Unknown`.
    pub status: String,
    /// For programs.
    pub reason: String,
    /// For people.
    pub message: String,
}

impl Kubectl {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
        }
    }

    /// Where it works.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Runs it with these arguments; what it printed.
    pub async fn run(&self, arguments: &[&str]) -> Result<String> {
        self.call(arguments, "", PATIENCE).await
    }

    /// The same, for what takes longer.
    pub async fn run_within(&self, arguments: &[&str], within: Duration) -> Result<String> {
        self.call(arguments, "", within).await
    }

    async fn call(&self, arguments: &[&str], input: &str, within: Duration) -> Result<String> {
        let namespace = ["--namespace", &self.namespace];
        command::run("kubectl", &[&namespace, arguments].concat(), input, within).await
    }

    /// A resource.
    pub async fn get(&self, what: &str) -> Result<Value> {
        Ok(serde_json::from_str(
            &self.run(&["get", what, "--output=json"]).await?,
        )?)
    }

    /// Resources of these kinds, such as `pods,jobs`, with these labels; all of them for none.
    pub async fn list(&self, kinds: &str, labels: &str) -> Result<Vec<Value>> {
        let listed = self
            .run(&["get", kinds, "--selector", labels, "--output=json"])
            .await?;
        match serde_json::from_str::<Value>(&listed)?["items"].take() {
            Value::Array(items) => Ok(items),
            other => bail!("no list: {other}"),
        }
    }

    /// Makes the resource so.
    pub async fn apply(&self, resource: &Value) -> Result<()> {
        let arguments = ["apply", "--server-side", "--filename=-"];
        self.call(&arguments, &resource.to_string(), PATIENCE)
            .await?;
        Ok(())
    }

    /// Changes these fields.
    pub async fn patch(&self, what: &str, fields: &Value) -> Result<()> {
        let fields = fields.to_string();
        self.run(&["patch", what, "--type=merge", "--patch", &fields])
            .await?;
        Ok(())
    }

    /// Why the API server refuses to make this resource. Nothing is changed.
    pub async fn refusal_of(&self, resource: &Value) -> Result<String> {
        let arguments = ["create", "--dry-run=server", "--filename=-"];
        refusal(self.call(&arguments, &resource.to_string(), PATIENCE).await)
    }

    /// Why the API server refuses to change these fields. Nothing is changed.
    pub async fn refusal_of_patch(&self, what: &str, fields: &Value) -> Result<String> {
        let fields = fields.to_string();
        let arguments = [
            "patch",
            what,
            "--dry-run=server",
            "--type=merge",
            "--patch",
            &fields,
        ];
        refusal(self.run(&arguments).await)
    }

    /// Removes a resource and waits until it is gone.
    pub async fn delete(&self, what: &str, within: Duration) -> Result<()> {
        let timeout = format!("--timeout={}s", within.as_secs());
        let arguments = ["delete", what, "--ignore-not-found", &timeout];
        self.call(&arguments, "", within + PATIENCE).await?;
        Ok(())
    }

    /// Kills a pod: nobody is told before, and nothing is waited for.
    pub async fn kill(&self, pod: &str) -> Result<()> {
        self.run(&["delete", "pod", pod, "--grace-period=0", "--force"])
            .await?;
        Ok(())
    }

    /// Waits for a condition in `kubectl wait`'s words: `condition=Ready`, `delete`, `jsonpath=…=…`.
    pub async fn wait(&self, what: &str, condition: &str, within: Duration) -> Result<()> {
        let condition = format!("--for={condition}");
        let timeout = format!("--timeout={}s", within.as_secs());
        let arguments = ["wait", what, &condition, &timeout];
        self.call(&arguments, "", within + PATIENCE).await?;
        Ok(())
    }

    /// Waits until the condition `kind` has this status for this reason; its message.
    pub async fn turns(
        &self,
        what: &str,
        kind: &str,
        (status, reason): (&str, &str),
        within: Duration,
    ) -> Result<String> {
        let path =
            format!(r#"jsonpath={{.status.conditions[?(@.type=="{kind}")].reason}}={reason}"#);
        let waited = self.wait(what, &path, within).await;
        let found = self.condition(what, kind).await?;
        waited.with_context(|| format!("{kind} of {what} is {found:?}"))?;
        match found {
            Some(found) if found.status == status && found.reason == reason => Ok(found.message),
            found => bail!("{kind} of {what} is {found:?}, not {status} for {reason}"),
        }
    }

    /// The condition, if it was told.
    pub async fn condition(&self, what: &str, kind: &str) -> Result<Option<Condition>> {
        let resource = self.get(what).await?;
        let mut conditions = resource["status"]["conditions"]
            .as_array()
            .into_iter()
            .flatten();
        let found = conditions.find(|condition| condition["type"] == kind);
        Ok(found.map(|condition| {
            let field = |name: &str| condition[name].as_str().unwrap_or_default().to_owned();
            Condition {
                status: field("status"),
                reason: field("reason"),
                message: field("message"),
            }
        }))
    }
}

fn refusal(answer: Result<String>) -> Result<String> {
    match answer {
        Ok(_) => bail!("it was not refused"),
        Err(refused) => Ok(refused.to_string()),
    }
}

/// The resource's name.
pub(super) fn name(resource: &Value) -> &str {
    resource["metadata"]["name"].as_str().unwrap_or_default()
}

/// Whether a pod is ready and not on its way out.
pub(super) fn is_ready(pod: &Value) -> bool {
    let mut conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    pod["metadata"]["deletionTimestamp"].is_null()
        && conditions.any(|condition| condition["type"] == "Ready" && condition["status"] == "True")
}
