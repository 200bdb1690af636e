//! The bot's settings.

use std::{net::SocketAddr, path::PathBuf, str::FromStr};

use clap::{Args, Parser, Subcommand};
use runtime::{
    config::Secret,
    grpc::InternalCredential,
    schema::{Migrations, Report},
    telemetry::TelemetrySettings,
};
use url::Url;

use crate::domain::bridge::Bridge;

/// The settings of the `bot` binary.
#[derive(Debug, Parser)]
#[command(name = "bot", version, about = "Chappe's bridges to Telegram")]
pub struct Config {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,

    /// Who brings the schema of the bot's tables up to date.
    #[arg(long, env = "CHAPPE_MIGRATIONS", default_value = "apply")]
    pub migrations: Migrations,

    /// The event log.
    #[command(flatten)]
    pub bus: bus::Settings,

    /// Where chat answers: `http://host:port`, several separated by commas.
    #[arg(long, env = "CHAPPE_CHAT_URL")]
    pub chat_url: String,

    /// Where gRPC is served: `host:port`.
    #[arg(long, env = "CHAPPE_LISTEN", default_value = "127.0.0.1:7004")]
    pub listen: String,

    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    #[arg(long, env = "CHAPPE_ADMIN_LISTEN", default_value = "127.0.0.1:7904")]
    pub admin_listen: SocketAddr,

    /// What services show one another to be let in; the same in all of them.
    #[arg(long, env = "CHAPPE_INTERNAL_CREDENTIAL", hide_env_values = true)]
    pub internal_credential: InternalCredential,

    /// Telegram.
    #[command(flatten)]
    pub bot: Settings,

    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

/// What the `bot` binary does besides serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Bring the schema of the bot's tables up to date.
    Migrate {
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
        /// What is told about it.
        #[command(flatten)]
        report: Report,
    },
}

/// Where the database is.
#[derive(Clone, Debug, Args)]
#[group(skip)]
pub struct DatabaseSettings {
    /// The bot's own tables: `postgres://user:password@host/name`. May be chat's database.
    #[arg(
        id = "database_url",
        long = "database-url",
        env = "CHAPPE_DATABASE_URL",
        hide_env_values = true,
        value_name = "DATABASE_URL"
    )]
    pub url: DatabaseUrl,
}

/// Which bots there are, and what they bridge.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Telegram")]
#[group(skip)]
pub struct Settings {
    /// File of all bots, which is read again when it changes. JSON:
    /// {"bots":[{"name":"support","token":"…","bridges":[{"chat":-100123,"room":"<uuid>"}]}]}
    #[arg(long, env = "CHAPPE_BOTS", value_name = "FILE")]
    pub bots: Option<PathBuf>,

    /// The token of a bot that is not in the file, as `BotFather` gave it. Its name is `default`.
    #[arg(long, env = "CHAPPE_TELEGRAM_TOKEN", hide_env_values = true)]
    pub telegram_token: Option<Secret>,

    /// Address of a Bot API server other than Telegram's own.
    #[arg(long, env = "CHAPPE_TELEGRAM_API_URL")]
    pub telegram_api_url: Option<Url>,

    /// A Telegram chat of this bot and the room that it meets: `chat=<telegram chat id>,room=<room uuid>`. May be given
    /// several times; in the environment separated by `;`.
    #[arg(long, env = "CHAPPE_BRIDGE", value_delimiter = ';')]
    pub bridge: Vec<Bridge>,
}

impl Settings {
    /// Whether there is anything to do.
    pub fn is_needed(&self) -> bool {
        self.bots.is_some() || self.telegram_token.is_some() || !self.bridge.is_empty()
    }
}

/// A Postgres database. (`SQLite` belongs to the single binary.)
#[derive(Clone, Debug)]
pub struct DatabaseUrl(pub Secret);

impl FromStr for DatabaseUrl {
    type Err = &'static str;

    fn from_str(url: &str) -> Result<Self, Self::Err> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self(url.into())),
            _ => Err("must begin with postgres://"),
        }
    }
}
