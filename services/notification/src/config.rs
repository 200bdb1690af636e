//! Settings: from flags, the environment (`CHAPPE_…`) and a file, turned into types here and nowhere
//! else.

use std::net::SocketAddr;
use std::str::FromStr;

use runtime::grpc::InternalCredential;
use runtime::telemetry::TelemetrySettings;

use crate::outbound::{BadTopology, GatewayNames, Topology};

/// The settings of the `notification` binary.
#[derive(Debug, clap::Parser)]
#[command(
    name = "notification",
    version,
    about = "Who is connected where, and the routing of events to them"
)]
pub struct Config {
    /// The registry: `redis://host:6379/0`, `redis+cluster://host:6379,…`,
    /// `redis+sentinel://host:26379,…/service`, or `memory:` for a single replica
    #[arg(
        long,
        env = "CHAPPE_REGISTRY_URL",
        value_name = "URL",
        hide_env_values = true
    )]
    pub registry_url: RegistryUrl,

    /// The event log.
    #[command(flatten)]
    pub bus: bus::Settings,

    /// Where gRPC is served: host:port
    #[arg(
        long,
        env = "CHAPPE_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:7002"
    )]
    pub listen: String,

    /// Where /healthz, /readyz and /metrics are served
    #[arg(
        long,
        env = "CHAPPE_ADMIN_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:7902"
    )]
    pub admin_listen: SocketAddr,

    /// What services show one another to be let in; the same in all of them
    #[arg(long, env = "CHAPPE_INTERNAL_CREDENTIAL", hide_env_values = true)]
    pub internal_credential: InternalCredential,

    /// What the service itself needs.
    #[command(flatten)]
    pub notification: Settings,

    /// Logs, metrics and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

/// What notification needs besides its registry and its event log.
#[derive(Debug, Clone, Default, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// A name of all gateways, `http://host:port` (a headless service, or several with commas): events go to
    /// each of its addresses while the registry is away
    #[arg(long, env = "CHAPPE_GATEWAY_URL", value_name = "URL")]
    pub gateway_url: Option<GatewayNames>,
}

/// Which registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RegistryUrl {
    /// In this process.
    Memory,
    /// In Redis.
    Redis(Topology),
}

impl FromStr for RegistryUrl {
    type Err = BadTopology;

    fn from_str(url: &str) -> Result<Self, BadTopology> {
        match url {
            "memory:" => Ok(Self::Memory),
            url => url.parse().map(Self::Redis),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_picks_the_registry() {
        assert_eq!("memory:".parse(), Ok(RegistryUrl::Memory));
        assert!(matches!(
            "redis://redis:6379".parse(),
            Ok(RegistryUrl::Redis(_))
        ));
        assert!("memory".parse::<RegistryUrl>().is_err());
    }
}
