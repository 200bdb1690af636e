//! Settings: from flags, the environment (`CHAPPE_…`) and a file, turned into types here and nowhere
//! else.

use std::{net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use runtime::{
    config::Secret,
    grpc::InternalCredential,
    schema::{Migrations, Report},
    telemetry::TelemetrySettings,
};

/// The settings of the `chat` binary.
#[derive(Debug, clap::Parser)]
#[command(
    name = "chat",
    version,
    about = "People, rooms, messages: Chappe's truth"
)]
pub struct Config {
    /// The database.
    #[command(flatten)]
    pub database: DatabaseSettings,

    /// Who brings the database's schema up to date.
    #[arg(long, env = "CHAPPE_MIGRATIONS", default_value = "apply")]
    pub migrations: Migrations,

    /// The event log.
    #[command(flatten)]
    pub bus: bus::Settings,

    /// Where gRPC is served: `host:port`.
    #[arg(long, env = "CHAPPE_LISTEN", default_value = "127.0.0.1:7001")]
    pub listen: String,

    /// Where `/healthz`, `/readyz` and `/metrics` are served.
    #[arg(long, env = "CHAPPE_ADMIN_LISTEN", default_value = "127.0.0.1:7901")]
    pub admin_listen: SocketAddr,

    /// What services show one another to be let in; the same in all of them.
    #[arg(long, env = "CHAPPE_INTERNAL_CREDENTIAL", hide_env_values = true)]
    pub internal_credential: InternalCredential,

    /// What the service itself needs.
    #[command(flatten)]
    pub chat: Settings,

    /// Logs and traces.
    #[command(flatten)]
    pub telemetry: TelemetrySettings,
}

/// What the `chat` binary does besides serving.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Bring the database's schema up to date.
    Migrate {
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
        /// What is told about it.
        #[command(flatten)]
        report: Report,
    },
    /// Begin a new epoch after a restore from a backup, while no chat runs: clients forget their
    /// positions and read their rooms anew.
    NewEpoch {
        /// The database.
        #[command(flatten)]
        database: DatabaseSettings,
    },
}

/// Where the database is.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct DatabaseSettings {
    /// The database: `postgres://user:password@host/name`, or `sqlite:path`.
    #[arg(
        id = "database_url",
        long = "database-url",
        env = "CHAPPE_DATABASE_URL",
        hide_env_values = true,
        value_name = "DATABASE_URL"
    )]
    pub url: DatabaseUrl,
}

/// What chat needs besides its database and its event log.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub struct Settings {
    /// Ed25519 private key (PKCS#8, PEM) that signs access tokens. Without it a key is made and kept
    /// in the database.
    #[arg(long, env = "CHAPPE_SIGNING_KEY", hide_env_values = true)]
    pub signing_key: Option<Secret>,

    /// `iss` of the tokens: the address under which people reach Chappe.
    #[arg(long, env = "CHAPPE_ISSUER", default_value = "http://127.0.0.1:8080")]
    pub issuer: String,

    /// Lifetime of access tokens, seconds.
    #[arg(long, env = "CHAPPE_ACCESS_TOKEN_SECONDS", default_value = "900",
          value_parser = clap::value_parser!(u32).range(10..=86_400))]
    pub access_token_seconds: u32,
}

impl Settings {
    /// Lifetime of access tokens.
    pub fn access_token_lifetime(&self) -> Duration {
        Duration::from_secs(self.access_token_seconds.into())
    }
}

/// Which database.
#[derive(Clone, Debug)]
pub enum DatabaseUrl {
    /// A Postgres server.
    Postgres(Secret),
    /// A file.
    Sqlite(PathBuf),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.into())),
            Some(("sqlite", path)) => file(path).map(Self::Sqlite),
            _ => Err("must begin with postgres: or sqlite:".into()),
        }
    }
}

fn file(path: &str) -> Result<PathBuf, String> {
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() {
        return Err("names no file; write sqlite:path".into());
    }
    Ok(path.into())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_scheme_picks_the_database() {
        assert!(matches!(
            "postgres://chappe@db/chappe".parse(),
            Ok(DatabaseUrl::Postgres(_))
        ));
        assert!(matches!(
            "sqlite:data/chappe.db".parse(),
            Ok(DatabaseUrl::Sqlite(path)) if path == Path::new("data/chappe.db")
        ));
        assert!("mysql://db".parse::<DatabaseUrl>().is_err());
        assert!("sqlite:".parse::<DatabaseUrl>().is_err());
    }
}
