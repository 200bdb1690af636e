//! The live side of the gateway: WebSockets, and the events that go over them.
//!
//! ```text
//!  client ⇄ socket ⇄ session ── commands ─────────────▶ chat: send, read, replay
//!             ▲         └────── join ─────────────────▶ chat: memberships, snapshot
//!           outlet                │ hold, go live
//!             ▲                   ▼
//!             └──── feed ◀────── hub ◀── edge ◀──────── routers: events
//!                     └─ fill ──▶ chat    └─ interests ─ attachment ─▶ the registry
//!                                 ▲
//!                     anti-entropy┘
//! ```
//!
//! A **feed** is a room's order, a **connection** what the hub knows of a WebSocket, its **outlet** the
//! queue towards it, and its **session** the one task that serves it.

mod anti_entropy;
mod attachment;
mod commands;
mod connection;
mod credentials;
mod drain;
mod edge;
mod feed;
pub mod frames;
mod hub;
mod interests;
mod join;
mod metrics;
mod outlet;
mod passage;
mod places;
mod retried;
mod session;
mod settings;
mod sharded;
mod socket;
mod topic;
mod upgrade;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use proto::gateway::edge_service_server::EdgeServiceServer;
use proto::notification::Hello;
use runtime::grpc::{Client, MAX_MESSAGE_BYTES};
use runtime::{Health, Shutdown};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

pub use drain::DrainTerms;
pub use edge::Edge;
pub use settings::LiveSettings;

use self::anti_entropy::AntiEntropy;
use self::attachment::Attachment;
use self::drain::Departure;
use self::hub::Hub;
use self::places::Places;
use crate::auth::Verifier;
use crate::chat::Chat;
use crate::clock::Clock;

/// Connections that wait for their snapshot at a time: what chat is asked at once after everybody came
/// back.
const JOINS: usize = 128;

/// The live side, put together.
pub struct Live {
    shared: Arc<Shared>,
    identity: crate::Identity,
    left: CancellationToken,
}

/// What every connection uses.
pub(crate) struct Shared {
    hub: Arc<Hub>,
    verifier: Arc<Verifier>,
    notification: Client,
    settings: LiveSettings,
    places: Places,
    joins: Arc<Semaphore>,
    tasks: TaskTracker,
    departure: Departure,
}

impl Shared {
    fn is_draining(&self) -> bool {
        self.departure.has_begun()
    }

    /// The public name of a new connection.
    fn fresh_name(&self) -> Uuid {
        let now = self.hub.clock.now();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let at = uuid::Timestamp::from_unix(uuid::NoContext, seconds, now.nanosecond());
        Uuid::new_v7(at)
    }
}

impl Live {
    /// Puts the live side together.
    pub fn new(
        identity: crate::Identity,
        settings: LiveSettings,
        chat: Chat,
        notification: Client,
        verifier: Arc<Verifier>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let shared = Shared {
            hub: Hub::new(chat, clock),
            verifier,
            notification,
            places: Places::new(settings.connections_per_address),
            joins: Arc::new(Semaphore::new(JOINS)),
            tasks: TaskTracker::new(),
            departure: Departure::default(),
            settings,
        };
        Self {
            shared: Arc::new(shared),
            identity,
            left: CancellationToken::new(),
        }
    }

    /// `GET /api/v1/ws`.
    pub fn routes(&self) -> Router {
        Router::new()
            .route("/api/v1/ws", get(upgrade::upgrade))
            .with_state(self.shared.clone())
    }

    /// What routers dial.
    pub fn edge_service(&self) -> EdgeServiceServer<Edge> {
        let edge = Edge {
            shared: self.shared.clone(),
            left: self.left.clone(),
        };
        EdgeServiceServer::new(edge).max_decoding_message_size(MAX_MESSAGE_BYTES)
    }

    /// Stays registered and compares with chat until the shutdown, then drains and leaves.
    pub async fn run(self, shutdown: Shutdown, health: Health) {
        let Self {
            shared,
            identity,
            left,
        } = self;
        let open = health.component("live");
        open.ready();
        let now = shared.hub.clock.now();
        let boot_epoch = now.unix_timestamp_nanos() / 1_000_000;
        let attachment = Attachment {
            shared: shared.clone(),
            hello: Hello {
                gateway_id: identity.name,
                boot_epoch: u64::try_from(boot_epoch).unwrap_or_default(),
                address: identity.address,
            },
            component: health.component("registry"),
            leave: left.clone(),
        };
        let comparing = AntiEntropy {
            hub: shared.hub.clone(),
        };
        let serving = async {
            drain::drain(&shared, &shutdown, &open).await;
            left.cancel();
        };
        let registered = async { tokio::join!(attachment.run(), serving) };
        tokio::select! {
            _ = registered => {}
            () = comparing.run() => {}
            () = shutdown.hard() => {}
        }
        left.cancel();
    }
}
