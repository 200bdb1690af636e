//! chat: the truth of Chappe. People, rooms, messages, read positions, and the sequence of each room,
//! in one database; and the outbox, through which every committed fact reaches the event log.
//!
//! ```text
//!  gRPC ─────▶ inbound ─▶ application ─▶ ports ◀─ outbound ─▶ Postgres or SQLite
//!  telegram ─▶            (one file per use case)               │ outbox
//!                          domain                     relay ◀───┘
//!                                                       └─────▶ event log
//! ```
//!
//! [`Chat::build`] is the one constructor, for the binary, the embedded Chappe and tests alike.

pub mod application;
mod commands;
pub mod config;
pub mod domain;
mod inbound;
pub mod outbound;
pub mod relay;
mod store;
mod wire;

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use bus::Bus;
use futures::FutureExt;
use proto::topics::{CHAT_EVENTS, PARTITIONS, TELEGRAM_MESSAGES};
use runtime::{Health, Shutdown, grpc::Network, health::Component, schema::Migrations};
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

pub use commands::carry_out;
pub use config::{Config, Settings};
pub use store::{Database, Store};

use self::{
    application::{Application, Contexts},
    inbound::{grpc::Grpc, telegram::TelegramMessages},
    outbound::{
        passwords::Argon2Passwords, schema::SCHEMA, signing_key::SigningKey,
        system_clock::SystemClock, tokens::SignedTokens,
    },
    relay::Relay,
};

/// How often it is checked that the database answers.
const HEALTH_PERIOD: Duration = Duration::from_secs(2);
/// The pause between attempts to make topics.
const TOPICS_PAUSE: Duration = Duration::from_secs(1);

/// Runs chat as a process of its own until it is told to stop.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let schema = health.component("schema");
    let _admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let database = Database::of(&config.database.url).await?;
    match config.migrations {
        Migrations::Apply => tracing::info!("{}", database.migrate().await?),
        Migrations::Await => {
            let newest = async || database.newest_migration().await;
            if !runtime::schema::wait_for(SCHEMA, newest, &schema, &shutdown).await {
                return Ok(());
            }
        }
    }
    let store = database.open().await?;
    let chat = Chat::build(config.chat, store, config.bus.open("chat")?).await?;
    let listener = Network::new(config.internal_credential)
        .listen(&config.listen)
        .await?;
    schema.ready();
    let server = runtime::grpc::serve(listener, chat.routes(), health.clone(), shutdown.clone());
    let work = chat.run(shutdown.clone(), health);
    // Whichever ends first ends the other: half a service is worse than one that is started anew.
    let (answering, working) = tokio::join!(
        server.inspect(|_| shutdown.trigger()),
        work.inspect(|_| shutdown.trigger()),
    );
    answering?;
    working
}

/// The chat service, put together.
pub struct Chat {
    store: Store,
    bus: Arc<dyn Bus>,
    grpc: Grpc,
    telegram: TelegramMessages,
    relay: Relay,
}

impl Chat {
    /// Puts the service together: the only place that knows which adapter stands behind which port.
    pub async fn build(
        settings: Settings,
        store: Store,
        bus: Arc<dyn Bus>,
    ) -> anyhow::Result<Self> {
        let clock = Arc::new(SystemClock);
        let contexts = Contexts::new(clock.clone(), clock.clone());
        let key = signing_key(&settings, &store).await?;
        let lifetime = settings.access_token_lifetime();
        let tokens = Arc::new(SignedTokens::new(settings.issuer, lifetime, &key));
        let service = Arc::new(Application::start(
            Arc::clone(&store.main),
            Arc::new(Argon2Passwords::new()),
            tokens.clone(),
        ));
        let relay = Relay::new(Arc::clone(&store.outbox), bus.publisher(), clock);
        let telegram =
            TelegramMessages::new(Arc::clone(&service), contexts.clone(), Arc::clone(&bus));
        let grpc = Grpc::new(service, contexts, tokens, store.main.epoch());
        Ok(Self {
            store,
            bus,
            grpc,
            telegram,
            relay,
        })
    }

    /// `chappe.chat.v1.ChatService`.
    pub fn routes(&self) -> Routes {
        Routes::new(self.grpc.clone().server())
    }

    /// Carries facts out and Telegram's messages in until the shutdown, then finishes what was begun.
    /// What is left in the outbox is carried by another replica, or after the next start.
    pub async fn run(self, shutdown: Shutdown, health: Health) -> anyhow::Result<()> {
        let stop = CancellationToken::new();
        let component = health.component("database");
        let bus = Arc::clone(&self.bus);
        let telegram = self.telegram.run(stop.clone());
        let work = async {
            let relay = tokio::spawn(self.relay.run(stop.clone()));
            let telegram = tokio::spawn(make_topics(bus, stop.clone()).then(|()| telegram));
            let (relay, telegram) = tokio::try_join!(relay, telegram)?;
            Ok::<_, tokio::task::JoinError>((relay, telegram))
        };
        tokio::select! {
            ended = work => { ended.context("a task of chat failed")?; }
            () = watch(self.store, component) => {}
            () = async { shutdown.soft().await; stop.cancel(); shutdown.hard().await } => {
                tracing::warn!("what chat had begun was cut");
            }
        }
        Ok(())
    }
}

/// The configured key, else the one kept in the database, made at the first start.
async fn signing_key(settings: &Settings, store: &Store) -> anyhow::Result<SigningKey> {
    if let Some(pem) = &settings.signing_key {
        return SigningKey::from_pem(pem).context("--signing-key");
    }
    let candidate = SigningKey::generate().to_pem();
    let kept = store.main.signing_key_or_insert(&candidate).await;
    let kept = kept.context("cannot keep the signing key in the database")?;
    SigningKey::from_pem(&kept).context("the signing key in the database")
}

/// Makes the topics that chat uses, as soon as the log answers. Meanwhile rows wait in the outbox.
async fn make_topics(bus: Arc<dyn Bus>, stop: CancellationToken) {
    let making = async {
        for topic in [CHAT_EVENTS, TELEGRAM_MESSAGES] {
            while let Err(error) = bus.ensure_topic(topic, PARTITIONS).await {
                tracing::warn!(%error, topic, "cannot make the topic yet");
                tokio::time::sleep(TOPICS_PAUSE).await;
            }
        }
    };
    // A log that does not answer must not keep chat from stopping.
    stop.run_until_cancelled(making).await;
}

/// Tells whether the database answers. The log is not asked: without it facts wait, and are not lost.
async fn watch(store: Store, component: Component) {
    loop {
        match store.main.healthy().await {
            Ok(()) => component.ready(),
            Err(error) => component.not_ready(error.to_string()),
        }
        tokio::time::sleep(HEALTH_PERIOD).await;
    }
}
