//! Settings: from flags, the environment (`CHAPPE_…`) and a file, turned into types here and nowhere
//! else.

use std::net::SocketAddr;
use std::time::Duration;

use clap::{Args, Parser, value_parser};
use http::HeaderValue;
use ipnet::IpNet;
use runtime::grpc::InternalCredential;
use runtime::telemetry::TelemetrySettings;

use crate::limits::Rates;
use crate::live::{DrainTerms, LiveSettings};

/// The settings of the `gateway` binary.
#[derive(Debug, Parser)]
#[command(
    name = "gateway",
    version,
    about = "Chappe's edge: REST, WebSockets, room feeds"
)]
pub struct Config {
    /// Where people reach Chappe: `host:port`. TLS ends before it.
    #[arg(long, env = "CHAPPE_PUBLIC_LISTEN", default_value = "127.0.0.1:8080")]
    pub public_listen: SocketAddr,

    /// Where routers deliver events: `host:port`.
    #[arg(long, env = "CHAPPE_LISTEN", default_value = "127.0.0.1:7003")]
    pub listen: String,

    /// The address that routers dial, such as `http://10.0.0.7:7003`. Without it, that of `--listen`.
    #[arg(long, env = "CHAPPE_ADVERTISE", value_name = "URL")]
    pub advertise: Option<String>,

    /// Name of this gateway among all. Without it, the host's name and the process id.
    #[arg(long, env = "CHAPPE_GATEWAY_ID", value_name = "NAME")]
    pub gateway_id: Option<String>,

    /// Where chat answers: `http://host:port`, several separated by commas.
    #[arg(long, env = "CHAPPE_CHAT_URL")]
    pub chat_url: String,

    /// Where notification answers: `http://host:port`, several separated by commas.
    #[arg(long, env = "CHAPPE_NOTIFICATION_URL")]
    pub notification_url: String,

    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    #[arg(long, env = "CHAPPE_ADMIN_LISTEN", default_value = "127.0.0.1:7903")]
    pub admin_listen: SocketAddr,

    /// What services show one another to be let in; the same in all of them.
    #[arg(long, env = "CHAPPE_INTERNAL_CREDENTIAL", hide_env_values = true)]
    pub internal_credential: InternalCredential,

    /// Seconds that a stop may take at most. Where that is too short for the rate at which WebSockets are told
    /// to go, the rate gives way.
    #[arg(long, env = "CHAPPE_DRAIN_TIMEOUT_SECONDS", value_name = "SECONDS", default_value = "30",
          value_parser = value_parser!(u32).range(5..=3600))]
    pub drain_timeout_seconds: u32,

    /// What the service itself needs.
    #[command(flatten)]
    pub gateway: Settings,

    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

impl Config {
    /// How long a stop may take.
    pub fn grace(&self) -> Duration {
        Duration::from_secs(self.drain_timeout_seconds.into())
    }
}

/// What the public side needs to know.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Public address")]
#[group(skip)]
pub struct Settings {
    /// An origin other than its own whose pages may use REST and WebSockets, such as
    /// `https://chat.example.org`. May be given several times; in the environment separated by commas.
    #[arg(long, env = "CHAPPE_ALLOWED_ORIGIN", value_name = "ORIGIN", value_delimiter = ',', value_parser = origin)]
    pub allowed_origin: Vec<HeaderValue>,

    /// A network of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`. May be given
    /// several times; in the environment separated by commas.
    #[arg(
        long,
        env = "CHAPPE_TRUSTED_PROXY",
        value_name = "NETWORK",
        value_delimiter = ','
    )]
    pub trusted_proxy: Vec<IpNet>,

    /// Connections at a time.
    #[arg(long, env = "CHAPPE_MAX_CONNECTIONS", value_name = "NUMBER", default_value = "50000",
          value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,

    /// Requests that one address may make per second; 0 is no limit.
    #[arg(
        long,
        env = "CHAPPE_ADDRESS_RATE",
        value_name = "PER_SECOND",
        default_value = "200"
    )]
    pub address_rate: u32,

    /// Registrations and log-ins that one address may try per minute; 0 is no limit.
    #[arg(
        long,
        env = "CHAPPE_SIGN_IN_RATE",
        value_name = "PER_MINUTE",
        default_value = "30"
    )]
    pub sign_in_rate: u32,

    /// Requests that one person may make per second; 0 is no limit.
    #[arg(
        long,
        env = "CHAPPE_PERSON_RATE",
        value_name = "PER_SECOND",
        default_value = "50"
    )]
    pub person_rate: u32,

    /// WebSockets that one address may have open; 0 is no limit.
    #[arg(
        long,
        env = "CHAPPE_ADDRESS_CONNECTIONS",
        value_name = "NUMBER",
        default_value = "1000"
    )]
    pub address_connections: u32,

    /// WebSockets that one person may have open, beyond which the oldest gives way; 0 is no limit.
    #[arg(
        long,
        env = "CHAPPE_PERSON_CONNECTIONS",
        value_name = "NUMBER",
        default_value = "50"
    )]
    pub person_connections: u32,

    /// WebSockets that are told to go per second when the gateway stops.
    #[arg(long, env = "CHAPPE_DRAIN_RATE", value_name = "PER_SECOND", default_value = "1000",
          value_parser = value_parser!(u32).range(1..=1_000_000))]
    pub drain_rate: u32,

    /// Seconds within which those come back who are told to go at the same moment.
    #[arg(long, env = "CHAPPE_RECONNECT_JITTER_SECONDS", value_name = "SECONDS", default_value = "1",
          value_parser = value_parser!(u32).range(0..=300))]
    pub reconnect_jitter_seconds: u32,

    /// Seconds between the pings of a WebSocket; two unanswered ones close it.
    #[arg(long, env = "CHAPPE_HEARTBEAT_SECONDS", value_name = "SECONDS", default_value = "25",
          value_parser = value_parser!(u32).range(1..=300))]
    pub heartbeat_seconds: u32,
}

impl Settings {
    /// The rates of addresses and people.
    pub fn rates(&self) -> Rates {
        Rates {
            requests: self.address_rate,
            sign_ins: self.sign_in_rate,
            person: self.person_rate,
        }
    }

    /// What holds for WebSockets.
    pub fn live(&self) -> LiveSettings {
        LiveSettings {
            heartbeat: Duration::from_secs(self.heartbeat_seconds.into()),
            origins: self.allowed_origin.clone(),
            connections_per_person: self.person_connections,
            connections_per_address: self.address_connections,
            drain: DrainTerms {
                per_second: self.drain_rate,
                spread: Duration::from_secs(self.reconnect_jitter_seconds.into()),
            },
        }
    }
}

/// An origin as browsers send it: scheme, host and port, nothing behind.
fn origin(text: &str) -> Result<HeaderValue, String> {
    let wrong = || "must be an origin such as https://chat.example.org, without a path".to_owned();
    let url = url::Url::parse(text).map_err(|_| wrong())?;
    let origin = url.origin();
    if !matches!(url.scheme(), "http" | "https") || origin.ascii_serialization() != text {
        return Err(wrong());
    }
    HeaderValue::from_str(text).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_has_no_path() {
        assert!(origin("https://chat.example.org").is_ok());
        assert!(origin("http://localhost:5173").is_ok());
        for wrong in [
            "*",
            "chat.example.org",
            "https://chat.example.org/",
            "https://a/b",
            "data:x",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
