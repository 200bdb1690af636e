//! The operator: what charts can't do for an installation of Chappe.
//!
//! ```text
//!  Messenger ───▶ messenger ──┬─ migration: a Job before new Pods become ready
//!                             ├─ topics: made, enlarged, verified
//!                             ├─ gateways: up at once, down one at a time after a drain
//!                             └─ components: what runs
//!  TelegramBot ─▶ telegram_bot ─ the Secret of all bots, and how each is doing
//!                      domain: what is decided, pure   ports ◀─ outbound: gRPC, Kafka
//! ```
//!
//! Charts own Pods; the operator writes Jobs of its own, the gateways' number, annotations of Pods that it
//! drains or nudges, the Secret of the bots, and status. One replica works at a time (a Lease). Whatever
//! it is at is to be read in the cluster, so another replica goes on where one was killed.

mod commands;
pub mod config;
mod context;
pub mod definitions;
pub mod domain;
#[cfg(test)]
mod fixtures;
mod leadership;
mod messenger;
mod metrics;
pub mod outbound;
mod pods;
pub mod ports;
mod probe;
mod release;
pub mod resources;
mod telegram_bot;
mod write;

use std::sync::Arc;

use anyhow::Context as _;
use kube::Client;
use runtime::grpc::Network;
use runtime::{Health, Shutdown};

pub use commands::carry_out;
pub use config::Config;
pub use context::Context;

use leadership::Leadership;
use outbound::{GrpcBots, GrpcEdge, GrpcRegistry, KafkaBrokers};
use ports::{Bots, Brokers, Edge, Registry};

/// What the operator asks outside Kubernetes.
#[derive(Clone)]
pub struct Neighbours {
    /// Who is connected where.
    pub registry: Arc<dyn Registry>,
    /// The gateways.
    pub edge: Arc<dyn Edge>,
    /// Kafka.
    pub brokers: Arc<dyn Brokers>,
    /// The bots.
    pub bots: Arc<dyn Bots>,
}

/// Runs the operator until it is told to stop.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let _admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let network = Network::new(config.internal_credential);
    let neighbours = Neighbours {
        registry: Arc::new(GrpcRegistry(network.clone())),
        edge: Arc::new(GrpcEdge(network.clone())),
        brokers: Arc::new(KafkaBrokers),
        bots: Arc::new(GrpcBots(network)),
    };
    let client = Client::try_default()
        .await
        .context("no way to the Kubernetes API: is this a Pod with a service account?")?;
    let api = health.component("kubernetes");
    let leadership = Leadership::seek(&client, &config.namespace, &config.pod_name).await?;
    api.ready();
    run(client, config.namespace, neighbours, leadership, shutdown).await
}

/// Works whenever it leads.
async fn run(
    client: Client,
    namespace: String,
    neighbours: Neighbours,
    mut leadership: Leadership,
    shutdown: Shutdown,
) -> anyhow::Result<()> {
    loop {
        tokio::select! {
            () = shutdown.soft() => break,
            () = leadership.won() => {}
        }
        tracing::info!("leading");
        definitions::apply(&client).await?;
        let context = Arc::new(Context::new(
            client.clone(),
            namespace.clone(),
            neighbours.clone(),
        ));
        tokio::select! {
            // What is under way is dropped: every step can be done again.
            () = shutdown.soft() => break,
            () = leadership.lost() => tracing::warn!("not leading any more"),
            () = work(&context) => anyhow::bail!("the controllers ended"),
        }
    }
    leadership.give_up().await;
    Ok(())
}

/// Brings all resources of the namespace in line, for as long as it is polled.
pub async fn work(context: &Arc<Context>) {
    tokio::join!(messenger::run(context), telegram_bot::run(context));
}
