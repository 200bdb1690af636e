//! The operator's settings and its commands.

use std::net::SocketAddr;

use clap::{Parser, Subcommand};
use runtime::config::Invocation;
use runtime::grpc::InternalCredential;
use runtime::telemetry::TelemetrySettings;
use url::Url;

/// What the `operator` binary is started for.
pub type Start = Invocation<Config, Command>;

/// The settings of the `operator` binary.
#[derive(Debug, Parser)]
#[command(
    name = "operator",
    version,
    about = "Chappe's custom resources: migrations, topics, gateways, bots"
)]
pub struct Config {
    /// The namespace whose resources it works for.
    #[arg(long, env = "CHAPPE_NAMESPACE", value_name = "NAME")]
    pub namespace: String,

    /// Its name among its replicas.
    #[arg(long, env = "CHAPPE_POD_NAME", value_name = "NAME")]
    pub pod_name: String,

    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    #[arg(long, env = "CHAPPE_ADMIN_LISTEN", default_value = "127.0.0.1:7905")]
    pub admin_listen: SocketAddr,

    /// What services show one another to be let in; the same in all of them.
    #[arg(long, env = "CHAPPE_INTERNAL_CREDENTIAL", hide_env_values = true)]
    pub internal_credential: InternalCredential,

    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

/// What the binary does besides.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the definitions of the custom resources.
    Definitions,
    /// Let go of the bots, so that they can be removed when the operator is not there any more.
    Release {
        /// Their namespace.
        #[arg(long, env = "CHAPPE_NAMESPACE", value_name = "NAME")]
        namespace: String,
    },
    /// Ask addresses until each has answered well.
    Probe {
        /// What is asked.
        #[arg(required = true, value_name = "URL")]
        urls: Vec<Url>,

        /// How long all of it may take, seconds.
        #[arg(long, default_value = "60", value_name = "SECONDS",
              value_parser = clap::value_parser!(u16).range(1..=3600))]
        within: u16,
    },
}
