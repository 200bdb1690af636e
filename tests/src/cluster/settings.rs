//! Which cluster, which images, and where this machine is for its pods.

use std::net::{IpAddr, Ipv4Addr};

use anyhow::{Context, Result};

use crate::world::stack::Stack;

/// What the environment says; `scripts/test-cluster` sets it. The cluster itself is `kubectl`'s: that of
/// `KUBECONFIG`.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `CHAPPE_CLUSTER_IMAGES`: the images' names up to the last slash.
    pub images: String,
    /// `CHAPPE_CLUSTER_TAG`.
    pub tag: String,
    /// `CHAPPE_CLUSTER_NODE_ADDRESS`: where this machine reaches `NodePort`s.
    pub node: IpAddr,
    /// `CHAPPE_STACK_ADDRESS`: where pods reach this machine.
    pub host: IpAddr,
    /// Postgres, Redis and Kafka, under addresses that hold for pods too.
    pub stack: Stack,
}

impl Settings {
    /// As the environment says.
    pub fn from_environment() -> Result<Self> {
        let variable =
            |name: &str, default: &str| std::env::var(name).unwrap_or_else(|_| default.to_owned());
        let address = |name: &str| -> Result<IpAddr> {
            variable(name, &Ipv4Addr::LOCALHOST.to_string())
                .parse()
                .with_context(|| format!("{name} is no IP address"))
        };
        let host = address("CHAPPE_STACK_ADDRESS")?;
        anyhow::ensure!(
            !host.is_loopback(),
            "pods can't reach the servers on {host}: run the tests with `make test-cluster`, or set CHAPPE_STACK_ADDRESS"
        );
        Ok(Self {
            images: variable("CHAPPE_CLUSTER_IMAGES", "chappe.local"),
            tag: variable("CHAPPE_CLUSTER_TAG", "dev"),
            node: address("CHAPPE_CLUSTER_NODE_ADDRESS")?,
            host,
            stack: Stack::from_environment()?,
        })
    }
}
