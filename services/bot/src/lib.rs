//! Telegram as a neighbour: what is written in a bridged Telegram chat appears in its room, and the
//! answers go back.
//!
//! A bot works for one token. One process at a time leads for it; the others stand by. What it knows
//! is in its own tables, so that a crash on either side neither loses nor doubles a message; see
//! [`application::tell`] for the one window where Telegram leaves a choice.

pub mod application;
mod commands;
pub mod config;
pub mod domain;
pub mod inbound;
pub mod outbound;

use std::{collections::HashMap, sync::Arc, time::Duration};

use anyhow::Context;
use application::{
    error::TelegramError,
    hand_on::Messenger,
    listen::Listener,
    ports::{Ledger, Rooms, Telegram},
    tell::Teller,
};
use bus::Bus;
pub use commands::carry_out;
pub use config::{Config, Settings};
use domain::bridge::Bridges;
use inbound::events::Events;
use outbound::{
    heard_log::BusHeardLog,
    ledger::{PostgresLedger, SCHEMA, SqliteLedger},
    rooms::ChatRooms,
    system_clock::SystemClock,
    telegram::BotApi,
};
use runtime::{
    Health, Shutdown, grpc,
    schema::{Migration, Migrations},
};
use secrecy::ExposeSecret;
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

/// Events that wait for a slow teller before it has to ask chat.
const TELLER_QUEUE: usize = 256;
const PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Where the bot keeps its memory.
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
    let chat = grpc::Network::new(config.internal_credential).connect(&config.chat_url)?;
    let bot = Bot::build(config.bot, store, config.bus.open("bot")?, chat)?;
    bot.run(shutdown, health).await;
    Ok(())
}

/// The bridges of one bot.
pub struct Bot {
    bridges: Bridges,
    telegram: Arc<dyn Telegram>,
    ledger: Arc<dyn Ledger>,
    rooms: Arc<dyn Rooms>,
    bus: Arc<dyn Bus>,
}

impl Bot {
    /// Puts a bot together; talks to nobody yet but its store.
    pub fn build(
        settings: Settings,
        store: Store,
        bus: Arc<dyn Bus>,
        chat: grpc::Client,
    ) -> anyhow::Result<Self> {
        let token = settings
            .telegram_token
            .context("a bot needs --telegram-token")?;
        Ok(Self {
            bridges: Bridges::new(settings.bridge).context("--bridge")?,
            telegram: Arc::new(BotApi::new(&token, settings.telegram_api_url)),
            ledger: store.0,
            rooms: Arc::new(ChatRooms::new(chat)),
            bus,
        })
    }

    /// Bridges until it is told to stop.
    pub async fn run(self, shutdown: Shutdown, health: Health) {
        health.component("bot").ready();
        let mut pause = PAUSE;
        while !shutdown.is_triggered() {
            let began = tokio::time::Instant::now();
            if let Err(error) = self.lead(&shutdown).await {
                tracing::warn!(%error, "the bot cannot work; it tries again");
            }
            pause = if began.elapsed() > LONGEST_PAUSE {
                PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            tokio::select! {
                () = shutdown.soft() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Waits to lead, and works while it does.
    async fn lead(&self, shutdown: &Shutdown) -> anyhow::Result<()> {
        let become_leader = async {
            let bot = self.telegram.identify().await.map_err(explain)?;
            self.bus
                .ensure_topic(proto::topics::TELEGRAM_MESSAGES, proto::topics::PARTITIONS)
                .await?;
            anyhow::Ok((bot, self.ledger.lead(bot).await?))
        };
        let (bot, mut leadership) = tokio::select! {
            () = shutdown.soft() => return Ok(()),
            leader = become_leader => leader?,
        };
        tracing::info!(
            bot,
            bridges = self.bridges.iter().count(),
            "the bot bridges"
        );
        let stop = CancellationToken::new();
        let mut tellers = JoinSet::new();
        tokio::select! {
            () = shutdown.soft() => {}
            () = leadership.lost() => tracing::warn!(bot, "another process may lead now"),
            () = self.work(bot, &stop, &mut tellers) => {}
        }
        stop.cancel();
        tokio::select! {
            () = shutdown.hard() => {}
            () = async { while tellers.join_next().await.is_some() {} } => {}
        }
        Ok(())
    }

    /// Listens, hands on and reads events until it is dropped; spawns the tellers, which end by `stop`.
    async fn work(&self, bot: i64, stop: &CancellationToken, tellers: &mut JoinSet<()>) {
        let kept = Arc::new(Notify::new());
        let listener = Listener {
            bot,
            bridges: self.bridges.clone(),
            telegram: self.telegram.clone(),
            ledger: self.ledger.clone(),
            clock: Arc::new(SystemClock),
            kept: kept.clone(),
        };
        let messenger = Messenger {
            ledger: self.ledger.clone(),
            log: Arc::new(BusHeardLog::new(self.bus.publisher())),
            clock: Arc::new(SystemClock),
            kept,
        };
        let mut queues = HashMap::new();
        for bridge in self.bridges.iter() {
            let (queue, events) = mpsc::channel(TELLER_QUEUE);
            queues.insert(bridge.room, queue);
            let teller = Teller {
                bridge,
                topic: proto::topics::CHAT_EVENTS,
                telegram: self.telegram.clone(),
                ledger: self.ledger.clone(),
                rooms: self.rooms.clone(),
            };
            let stop = stop.clone();
            tellers.spawn(async move { teller.run(events, stop).await });
        }
        let events = Events {
            bus: self.bus.clone(),
            tellers: queues,
        };
        tokio::join!(listener.run(), messenger.run(), events.run());
    }
}

fn explain(error: TelegramError) -> anyhow::Error {
    match error {
        TelegramError::Refused(reason) => {
            anyhow::anyhow!("telegram refuses the bot ({reason}): check --telegram-token")
        }
        error => error.into(),
    }
}
