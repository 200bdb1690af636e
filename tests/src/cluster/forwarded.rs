//! A way to one pod, past the Service.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::Kubectl;

/// How long it may take to open.
const PATIENCE: Duration = Duration::from_secs(20);

/// `kubectl port-forward` to a pod; it ends with this.
#[derive(Debug)]
pub struct Forwarded {
    /// The port's address on this machine.
    pub address: SocketAddr,
    _child: Child,
}

impl Forwarded {
    /// Opens the way to this port of this pod.
    pub async fn open(kubectl: &Kubectl, pod: &str, port: u16) -> Result<Self> {
        let mut child = Command::new("kubectl")
            .args(["--namespace", kubectl.namespace(), "port-forward"])
            .args([&format!("pod/{pod}"), &format!(":{port}")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("piped")?).lines();
        let line = timeout(PATIENCE, lines.next_line())
            .await
            .context("no way to the pod in time")??;
        let line = line.with_context(|| format!("no way to the pod {pod}"))?;
        // "Forwarding from 127.0.0.1:41234 -> 8080"
        let address = line
            .split_whitespace()
            .find_map(|word| word.parse().ok())
            .with_context(|| line.clone())?;
        // It says a line for each connection, and must not wait for a reader.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self {
            address,
            _child: child,
        })
    }
}
