//! Which adapters the services get in one process, and in which order they start and stop.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use bot::Bots;
use bus::Bus;
use chat::Chat;
use gateway::{Gateway, Identity};
use notification::{Notification, RegistryUrl};
use runtime::{
    Health, Shutdown,
    grpc::{self, InternalCredential, Listener, Network},
};
use sqlite::Database;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{Settings, data::DataFolder, demo};

const CHAT: &str = "inproc://chat";
const NOTIFICATION: &str = "inproc://notification";
const GATEWAY: &str = "inproc://gateway";

/// What chat and notification may take to stop after the gateway and the bots are gone.
const INNER_GRACE: Duration = Duration::from_secs(5);

/// Chappe, put together and listening; [`Chappe::run`] makes it work.
pub struct Chappe {
    data: DataFolder,
    database: Database,
    network: Network,
    public: TcpListener,
    address: SocketAddr,
    demo: bool,
    chat: Chat,
    notification: Notification,
    gateway: Gateway,
    bots: Option<Bots>,
    listeners: Listeners,
}

struct Listeners {
    chat: Listener,
    notification: Listener,
    gateway: Listener,
}

impl Chappe {
    /// Opens the data, brings its schema up to date and listens.
    pub async fn build(settings: Settings) -> anyhow::Result<Self> {
        let public = TcpListener::bind(settings.public_listen)
            .await
            .with_context(|| format!("--public-listen {}", settings.public_listen))?;
        let data = DataFolder::take(&settings.data.folder)?;
        let file = data.database();
        let database = Database::open(&file)
            .await
            .with_context(|| format!("cannot open {}", file.display()))?;
        let bus = bus::embedded(database.clone()).await?;
        let network = Network::new(InternalCredential::random());
        let listeners = Listeners {
            chat: network.listen(CHAT).await?,
            notification: network.listen(NOTIFICATION).await?,
            gateway: network.listen(GATEWAY).await?,
        };

        let truth = chat::Database::Sqlite(database.clone());
        truth.migrate().await?;
        let chat = Chat::build(settings.chat, truth.open().await?, bus.clone()).await?;
        let registry = notification::registry(&RegistryUrl::Memory)?;
        let notification = Notification::build(
            notification::Settings::default(),
            registry,
            bus.clone(),
            network.clone(),
        )
        .await?;
        let identity = Identity {
            name: "gateway".to_owned(),
            address: GATEWAY.to_owned(),
        };
        let gateway = Gateway::build(
            identity,
            settings.gateway,
            network.connect(CHAT)?,
            network.connect(NOTIFICATION)?,
        )
        .await?;
        let bots = bots(settings.bot, &database, bus, &network).await?;
        Ok(Self {
            address: public.local_addr()?,
            data,
            database,
            network,
            public,
            demo: settings.demo,
            chat,
            notification,
            gateway,
            bots,
            listeners,
        })
    }

    /// Where browsers connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The folder of everything that is kept.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Works until it is told to stop, or until a service fails. The gateway and the bots stop first:
    /// what they finish still needs chat.
    pub async fn run(self, shutdown: Shutdown, health: Health) -> anyhow::Result<()> {
        let inner = Shutdown::new(INNER_GRACE);
        let mut core = JoinSet::new();
        let mut edge = JoinSet::new();
        let Listeners {
            chat,
            notification,
            gateway,
        } = self.listeners;
        for (listener, routes) in [
            (chat, self.chat.routes()),
            (notification, self.notification.routes()),
            (gateway, self.gateway.routes()),
        ] {
            let served = grpc::serve(listener, routes, health.clone(), inner.clone());
            core.spawn(async { served.await.map_err(Into::into) });
        }
        core.spawn(self.chat.run(inner.clone(), health.clone()));
        core.spawn(self.notification.run(inner.clone(), health.clone()));
        edge.spawn(
            self.gateway
                .run(self.public, shutdown.clone(), health.clone()),
        );
        if let Some(bots) = self.bots {
            let (shutdown, health) = (shutdown.clone(), health.clone());
            edge.spawn(async move {
                bots.run(shutdown, health).await;
                Ok(())
            });
        }
        let chat = self.network.connect(CHAT)?;
        let demo = async {
            if self.demo {
                println!("{}", demo::prepare(chat, self.data.path()).await?);
            }
            std::future::pending().await
        };
        let outcome = tokio::select! {
            // First: a service that has ended because of it was told to.
            biased;
            () = shutdown.soft() => Ok(()),
            ended = ended_early(&mut edge) => ended,
            ended = ended_early(&mut core) => ended,
            refused = demo => refused,
        };

        shutdown.trigger();
        let edge = all_ended(edge).await;
        inner.trigger();
        let core = all_ended(core).await;
        self.database.close().await;
        outcome.and(edge).and(core)
    }
}

async fn bots(
    settings: bot::Settings,
    database: &Database,
    bus: Arc<dyn Bus>,
    network: &Network,
) -> anyhow::Result<Option<Bots>> {
    if !settings.is_needed() {
        return Ok(None);
    }
    let store = bot::Store::sqlite(database.clone()).await?;
    let bots = Bots::build(settings, store, bus, network.connect(CHAT)?)?;
    Ok(Some(bots))
}

type Services = JoinSet<anyhow::Result<()>>;

/// A service that ends before it is told to has failed.
async fn ended_early(services: &mut Services) -> anyhow::Result<()> {
    match services.join_next().await {
        Some(ended) => ended.context("a service panicked")??,
        None => return std::future::pending().await,
    }
    bail!("a service ended without being told to")
}

/// Waits for all; the first failure is the outcome.
async fn all_ended(mut services: Services) -> anyhow::Result<()> {
    let mut outcome = Ok(());
    while let Some(ended) = services.join_next().await {
        let ended = ended.context("a service panicked").flatten();
        outcome = outcome.and(ended);
    }
    outcome
}
