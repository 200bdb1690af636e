//! Who is connected where, and the routing of events to them.
//!
//! ```text
//!  gateway ──Attach: hello, interest, beats──▶ registry (memory or Redis) ◀── who wants these topics?
//!     ▲                                                                              │
//!     └──Deliver: batches, acknowledged── links, one per gateway ◀── router ◀── chat.events.v1
//! ```
//!
//! The registry holds only what gateways can tell again. While it can't be believed, because it is away or
//! was emptied, every event goes to every gateway that is known: more work, no loss. An offset is
//! committed when every gateway that was to get the event has acknowledged it, or was given up after
//! 2 s and told to look for what it missed.

pub mod application;
pub mod config;
pub mod domain;
pub mod inbound;
pub mod outbound;

use std::sync::Arc;

use anyhow::Context as _;
use bus::Bus;
use futures::FutureExt as _;
use proto::notification::registry_service_server::RegistryServiceServer;
use runtime::grpc::{MAX_MESSAGE_BYTES, Network};
use runtime::{Health, Shutdown};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use application::ports::Registry;
pub use config::{Config, RegistryUrl, Settings};

use application::{Directory, KeepRegistry, Links, Metrics, Registrations, RouteEvents};
use inbound::{EventConsumer, RegistryServer};
use outbound::{EdgeDialer, MemoryRegistry, RedisRegistry, SystemClock};

/// The service, ready to be run.
pub struct Notification {
    settings: Settings,
    registry: Arc<dyn Registry>,
    bus: Arc<dyn Bus>,
    directory: Arc<Directory>,
    links: Arc<Links>,
    metrics: Metrics,
    registrations: Arc<Registrations>,
    stopping: CancellationToken,
}

/// Runs notification as a process of its own until it is told to stop.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let _admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let network = Network::new(config.internal_credential);
    let registry = registry(&config.registry_url).context("--registry-url")?;
    let bus = config.bus.open("notification")?;
    let listener = network.listen(&config.listen).await?;
    let notification = Notification::build(config.notification, registry, bus, network).await?;
    let serving = runtime::grpc::serve(
        listener,
        notification.routes(),
        health.clone(),
        shutdown.clone(),
    );
    let routing = notification.run(shutdown.clone(), health);
    // Whichever ends first ends the other: half a service is worse than one that is started anew.
    let (served, routed) = tokio::join!(
        serving.inspect(|_| shutdown.trigger()),
        routing.inspect(|_| shutdown.trigger()),
    );
    served?;
    routed
}

/// The registry at this address. Connects to nothing yet.
pub fn registry(url: &RegistryUrl) -> anyhow::Result<Arc<dyn Registry>> {
    Ok(match url {
        RegistryUrl::Memory => Arc::new(MemoryRegistry::default()),
        RegistryUrl::Redis(topology) => Arc::new(RedisRegistry::new(topology)?),
    })
}

impl Notification {
    /// Puts the service together. Within an async runtime; waits for nobody: what is away is tried again
    /// while it runs.
    #[expect(clippy::unused_async, reason = "every service is built the same way")]
    pub async fn build(
        settings: Settings,
        registry: Arc<dyn Registry>,
        bus: Arc<dyn Bus>,
        network: Network,
    ) -> anyhow::Result<Self> {
        let metrics = Metrics::new();
        let directory = Arc::new(Directory::default());
        let dial = Arc::new(EdgeDialer::new(network));
        let links = Arc::new(Links::new(dial, registry.clone(), metrics.clone()));
        let clock = Arc::new(SystemClock);
        let registrations = Registrations::new(registry.clone(), directory.clone(), clock);
        Ok(Self {
            settings,
            registry,
            bus,
            directory,
            links,
            metrics,
            registrations: Arc::new(registrations),
            stopping: CancellationToken::new(),
        })
    }

    /// What it serves over gRPC.
    pub fn routes(&self) -> Routes {
        let server = RegistryServer::new(self.registrations.clone(), self.stopping.clone());
        let server = RegistryServiceServer::new(server)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Routes::new(server)
    }

    /// Routes events until it is told to stop and has finished what was under way.
    pub async fn run(self, shutdown: Shutdown, health: Health) -> anyhow::Result<()> {
        let router = RouteEvents::new(
            self.registry.clone(),
            self.directory.clone(),
            self.links.clone(),
            self.metrics.clone(),
        );
        let consumer =
            EventConsumer::new(self.bus, router, health.component("bus"), shutdown.clone());
        let keeper = KeepRegistry::new(
            self.registry,
            self.directory,
            self.links,
            Arc::new(self.settings.gateway_url.unwrap_or_default()),
            self.metrics,
        );
        let keeper = tokio::spawn(keeper.run());
        let detach = async {
            shutdown.soft().await;
            self.stopping.cancel();
        };
        tokio::join!(consumer.run(), detach);
        keeper.abort();
        match keeper.await {
            Err(ended) if ended.is_panic() => Err(ended).context("the registry's keeper failed"),
            _ => Ok(()),
        }
    }
}
