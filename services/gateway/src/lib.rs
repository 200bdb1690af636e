//! gateway: the edge of Chappe. It turns REST calls and WebSocket frames into calls of chat, and what
//! routers deliver into frames. It keeps nothing that must outlive it.
//!
//! ```text
//!           ┌─ public ─ limits ─ auth ─┬─ rest ──────────────▶ chat (gRPC)
//!  people ──┤  (HTTP/1.1)              │
//!           └──────────────────────────┴─ live ◀─────────────▶ notification (gRPC)
//!                                           wire: the JSON of both
//! ```
//!
//! [`Gateway::build`] is the one constructor, for the binary, the embedded Chappe and tests alike.

pub mod auth;
pub mod chat;
pub mod clock;
pub mod config;
pub mod domain;
pub mod limits;
pub mod live;
pub mod problem;
pub mod public;
mod rest;
pub mod serve;
pub mod wire;

use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use futures::FutureExt;
use runtime::grpc::{Client, Network};
use runtime::{Health, Shutdown};
use tokio::net::TcpListener;
use tonic::service::Routes;

pub use config::{Config, Settings};

use self::auth::Verifier;
use self::chat::Chat;
use self::clock::SystemClock;
use self::limits::Limits;
use self::live::Live;
use self::rest::Api;
use self::serve::Terms;

/// Runs the gateway as a process of its own until it is told to stop.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let _admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let network = Network::new(config.internal_credential);
    let chat = network.connect(&config.chat_url).context("--chat-url")?;
    let notification = network
        .connect(&config.notification_url)
        .context("--notification-url")?;
    let listener = network.listen(&config.listen).await?;
    let public = TcpListener::bind(config.public_listen)
        .await
        .with_context(|| {
            format!(
                "cannot listen on {}; choose another --public-listen",
                config.public_listen
            )
        })?;
    tracing::info!(address = %public.local_addr()?, "serving");
    let identity = Identity {
        name: config.gateway_id.unwrap_or_else(own_name),
        address: config
            .advertise
            .unwrap_or_else(|| listener.address().to_owned()),
    };
    let gateway = Gateway::build(identity, config.gateway, chat, notification).await?;
    let server = runtime::grpc::serve(listener, gateway.routes(), health.clone(), shutdown.clone());
    let work = gateway.run(public, shutdown.clone(), health);
    // Whichever ends first ends the other: half a service is worse than one that is started anew.
    let (server, work) = tokio::join!(
        server.inspect(|_| shutdown.trigger()),
        work.inspect(|_| shutdown.trigger()),
    );
    server?;
    work
}

/// Under what name and address routers know this gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Unique among all gateways.
    pub name: String,
    /// What routers dial, such as `http://10.0.0.7:7003` or `inproc://gateway`.
    pub address: String,
}

/// The gateway, put together.
pub struct Gateway {
    app: Router,
    verifier: Arc<Verifier>,
    live: Live,
    terms: Terms,
}

impl Gateway {
    /// Puts the gateway together.
    #[expect(clippy::unused_async, reason = "all services are built alike")]
    pub async fn build(
        identity: Identity,
        settings: Settings,
        chat: Client,
        notification: Client,
    ) -> anyhow::Result<Self> {
        let chat = Chat::new(chat);
        let verifier = Arc::new(Verifier::new(chat.clone()));
        let limits = Arc::new(Limits::new(settings.rates()));
        let live = Live::new(
            identity,
            settings.live(),
            chat.clone(),
            notification,
            verifier.clone(),
            Arc::new(SystemClock),
        );
        let api = Api {
            chat,
            verifier: verifier.clone(),
            limits,
        };
        Ok(Self {
            app: public::router(api, live.routes(), &settings.allowed_origin),
            verifier,
            live,
            terms: Terms {
                connections: settings.max_connections.try_into()?,
                proxies: settings.trusted_proxy.into(),
            },
        })
    }

    /// `chappe.gateway.v1.EdgeService`.
    pub fn routes(&self) -> Routes {
        Routes::new(self.live.edge_service())
    }

    /// Answers on the public listener until the shutdown, then lets everybody go in order.
    pub async fn run(
        self,
        public: TcpListener,
        shutdown: Shutdown,
        health: Health,
    ) -> anyhow::Result<()> {
        let keys = self
            .verifier
            .run(health.component("keys"), shutdown.clone());
        let public = serve::serve(public, self.app, self.terms, shutdown.clone());
        let live = self.live.run(shutdown.clone(), health);
        tokio::join!(keys, public, live);
        Ok(())
    }
}

/// The host's name and the process id: unique enough where no name is given.
fn own_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname");
    let host = host.as_deref().map_or("gateway", str::trim);
    format!("{host}-{}", std::process::id())
}
