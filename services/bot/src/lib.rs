//! Telegram as a neighbour: what is written in a bridged Telegram chat appears in its room, and the
//! answers go back.
//!
//! Which bots there are is configuration: a file that is read again when it changes, or the settings.
//! One process at a time leads for a bot; the others stand by. What a bot knows is in its own tables, so
//! that a crash on either side neither loses nor doubles a message; see
//! [`application::tell`] for the one window where Telegram leaves a choice.
//!
//! ```text
//! file ─▶ keep_bots ─▶ one task per bot: who am I? ─▶ lead ─▶ listen, hand on, tell ─▶ board ─▶ ListBots
//! ```

pub mod application;
mod commands;
pub mod config;
pub mod domain;
pub mod inbound;
pub mod outbound;

use std::{sync::Arc, time::Duration};

use anyhow::{Context, ensure};
use application::{
    keep_bots::Keeper,
    ports::{Ledger, Rooms, Telegrams},
    status::Board,
    work::Neighbours,
};
use bus::Bus;
pub use commands::carry_out;
pub use config::{Config, Settings};
use domain::{
    bot::{Bot, Token},
    bridge::Bridges,
};
use futures::FutureExt as _;
use inbound::{bots_file::BotsFile, events::Events, grpc::BridgeServer};
use outbound::{
    heard_log::BusHeardLog,
    ledger::{PostgresLedger, SCHEMA, SqliteLedger},
    rooms::ChatRooms,
    system_clock::SystemClock,
    telegram::BotApis,
};
use proto::{
    bot::bridge_service_server::BridgeServiceServer,
    topics::{PARTITIONS, TELEGRAM_MESSAGES},
};
use runtime::{
    Health, Shutdown,
    grpc::{self, MAX_MESSAGE_BYTES, Network},
    health::Component,
    schema::{Migration, Migrations},
};
use secrecy::ExposeSecret;
use tokio::{sync::watch, time::sleep};
use tonic::service::Routes;

/// How often it is checked that the store and the log answer.
const HEALTH_PERIOD: Duration = Duration::from_secs(2);
/// The name of the bot of the settings.
const OWN_NAME: &str = "default";

/// Where the bots keep their memory; clones share it.
#[derive(Clone)]
pub struct Store(Arc<dyn Ledger>);

impl Store {
    /// In Postgres, where the schema must be there.
    pub async fn postgres(url: &str) -> Result<Self, sqlx::Error> {
        Ok(Self(Arc::new(PostgresLedger::open(url).await?)))
    }

    /// Brings the schema in Postgres up to date.
    pub async fn migrate(url: &str) -> Result<Migration, sqlx::Error> {
        PostgresLedger::migrate(url).await
    }

    /// In the process's SQLite file, whose schema is brought up to date.
    pub async fn sqlite(database: sqlite::Database) -> Result<Self, sqlx::Error> {
        Ok(Self(Arc::new(SqliteLedger::open(database).await?)))
    }
}

/// Runs the bot as a process of its own until it is told to stop.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let schema = health.component("schema");
    let _admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let database = config.database.url.0.expose_secret();
    match config.migrations {
        Migrations::Apply => {
            let migration = Store::migrate(database).await;
            tracing::info!("{}", migration.context("the bot's database")?);
        }
        Migrations::Await => {
            let newest = async || PostgresLedger::newest_migration(database).await;
            if !runtime::schema::wait_for(SCHEMA, newest, &schema, &shutdown).await {
                return Ok(());
            }
        }
    }
    let store = Store::postgres(database).await;
    let store = store.context("the bot's database")?;
    schema.ready();
    let network = Network::new(config.internal_credential);
    let chat = network.connect(&config.chat_url)?;
    let bots = Bots::build(config.bot, store, config.bus.open("bot")?, chat)?;
    let listener = network.listen(&config.listen).await?;
    let server = grpc::serve(listener, bots.routes(), health.clone(), shutdown.clone());
    let work = bots.run(shutdown.clone(), health);
    // Whichever ends first ends the other: half a service is worse than one that is started anew.
    let (answering, ()) = tokio::join!(
        server.inspect(|_| shutdown.trigger()),
        work.inspect(|()| shutdown.trigger()),
    );
    Ok(answering?)
}

/// The bots of one process.
pub struct Bots {
    file: BotsFile,
    keeper: Keeper,
    board: Board,
    ledger: Arc<dyn Ledger>,
    bus: Arc<dyn Bus>,
}

impl Bots {
    /// Puts them together; talks to nobody yet but the store.
    pub fn build(
        settings: Settings,
        store: Store,
        bus: Arc<dyn Bus>,
        chat: grpc::Client,
    ) -> anyhow::Result<Self> {
        let telegrams = BotApis {
            api_url: settings.telegram_api_url.clone(),
        };
        Self::compose(
            settings,
            Arc::new(telegrams),
            store,
            bus,
            Arc::new(ChatRooms::new(chat)),
        )
    }

    /// The same with any Telegram and any rooms.
    pub fn compose(
        settings: Settings,
        telegrams: Arc<dyn Telegrams>,
        store: Store,
        bus: Arc<dyn Bus>,
        rooms: Arc<dyn Rooms>,
    ) -> anyhow::Result<Self> {
        ensure!(
            settings.is_needed(),
            "there is no bot: set --bots or --telegram-token"
        );
        let file = BotsFile::new(own_bot(&settings)?, settings.bots);
        let neighbours = Neighbours {
            ledger: store.0.clone(),
            rooms,
            events: Arc::new(Events { bus: bus.clone() }),
            log: Arc::new(BusHeardLog::new(bus.publisher())),
            clock: Arc::new(SystemClock),
        };
        let keeper = Keeper::new(telegrams, neighbours);
        Ok(Self {
            file,
            board: keeper.board(),
            keeper,
            ledger: store.0,
            bus,
        })
    }

    /// `chappe.bot.v1.BridgeService`.
    pub fn routes(&self) -> Routes {
        let board = self.board.clone();
        let server = BridgeServiceServer::new(BridgeServer { board })
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Routes::new(server)
    }

    /// Bridges until it is told to stop. It is ready when the store and the log answer, however the bots
    /// are doing.
    pub async fn run(self, shutdown: Shutdown, health: Health) {
        let (wanted, changes) = watch::channel(Vec::new());
        let store = watch_store(self.ledger, health.component("bot-store"));
        let log = watch_log(self.bus, health.component("bot-log"));
        let looking = async { tokio::join!(self.file.run(wanted), store, log) };
        tokio::select! {
            () = self.keeper.run(changes, shutdown) => {}
            _ = looking => {}
        }
    }
}

/// The bot of the settings.
fn own_bot(settings: &Settings) -> anyhow::Result<Option<Bot>> {
    let bridges = Bridges::new(settings.bridge.iter().copied()).context("--bridge")?;
    let Some(token) = settings.telegram_token.clone() else {
        ensure!(
            settings.bridge.is_empty(),
            "--bridge needs a bot: set --telegram-token"
        );
        return Ok(None);
    };
    Ok(Some(Bot {
        name: OWN_NAME.parse()?,
        token: Token::new(token),
        bridges,
    }))
}

async fn watch_store(ledger: Arc<dyn Ledger>, component: Component) {
    loop {
        tell(&component, ledger.healthy().await);
        sleep(HEALTH_PERIOD).await;
    }
}

/// The topic is made when the log answers first. Until then what is heard waits in the store.
async fn watch_log(bus: Arc<dyn Bus>, component: Component) {
    while let Err(error) = bus.ensure_topic(TELEGRAM_MESSAGES, PARTITIONS).await {
        component.not_ready(error.to_string());
        sleep(HEALTH_PERIOD).await;
    }
    loop {
        tell(&component, bus.healthy().await);
        sleep(HEALTH_PERIOD).await;
    }
}

fn tell(component: &Component, answer: Result<(), impl ToString>) {
    match answer {
        Ok(()) => component.ready(),
        Err(error) => component.not_ready(error.to_string()),
    }
}
