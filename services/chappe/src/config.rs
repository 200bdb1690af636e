//! The settings of the one binary: where it listens and keeps its data, and what its services need.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};
use runtime::telemetry::TelemetrySettings;

/// The settings of the `chappe` binary.
#[derive(Debug, Parser)]
#[command(
    name = "chappe",
    version,
    about = "Chappe, a messenger, in one process on one SQLite file"
)]
pub struct Config {
    /// Where `/healthz`, `/readyz` and `/metrics` are served
    #[arg(long, env = "CHAPPE_ADMIN_LISTEN", default_value = "127.0.0.1:8081")]
    pub admin_listen: SocketAddr,

    /// What is composed
    #[command(flatten)]
    pub chappe: Settings,

    /// Logs and traces
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

/// What the `chappe` binary does besides serving.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Begin a new epoch after a restore from a backup, while no Chappe runs: clients forget their
    /// positions and read their rooms anew
    NewEpoch {
        /// Where the restored data is
        #[command(flatten)]
        data: DataSettings,
    },
}

/// Where everything is kept.
#[derive(Clone, Debug, Args)]
#[group(skip)]
pub struct DataSettings {
    /// Folder of everything that is kept; made when it is missing
    #[arg(
        id = "data",
        long = "data",
        env = "CHAPPE_DATA",
        default_value = "./data",
        value_name = "FOLDER"
    )]
    pub folder: PathBuf,
}

/// What Chappe needs, wherever it is embedded.
#[derive(Clone, Debug, Args)]
#[group(skip)]
pub struct Settings {
    /// Where everything is kept
    #[command(flatten)]
    pub data: DataSettings,

    /// Where browsers and other clients connect
    #[arg(long, env = "CHAPPE_PUBLIC_LISTEN", default_value = "127.0.0.1:8080")]
    pub public_listen: SocketAddr,

    /// Make four people with a room to try Chappe with; their password is printed
    #[arg(long, env = "CHAPPE_DEMO")]
    pub demo: bool,

    /// People, rooms, messages
    #[command(flatten)]
    pub chat: chat::Settings,

    /// The edge
    #[command(flatten)]
    pub gateway: gateway::Settings,

    /// Telegram
    #[command(flatten)]
    pub bot: bot::Settings,
}
