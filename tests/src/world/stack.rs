//! The servers under the distributed world: Postgres, Redis and Kafka of `scripts/stack`, or others that
//! the environment names.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use redis::AsyncCommands;
use sqlx::{Connection, Executor};
use tokio::process::Command;
use tokio::time::timeout;

/// How long a server may take to stop or to start.
const PATIENCE: Duration = Duration::from_mins(2);

/// Where the servers are.
#[derive(Clone, Debug)]
pub struct Stack {
    /// `postgres://…`, a database from which others can be made.
    pub postgres: String,
    /// `redis://…`.
    pub redis: String,
    /// `host:port,…`.
    pub kafka: String,
}

/// A server that a scenario takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Server {
    /// The database.
    Postgres,
    /// The registry.
    Redis,
    /// The event log.
    Kafka,
}

impl Server {
    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::Redis => "redis",
            Self::Kafka => "kafka",
        }
    }

    /// Whether `scripts/stack` started it. One that the environment named is not the tests' to stop.
    pub fn is_ours(self) -> bool {
        let ours = std::env::var("CHAPPE_TEST_STACK").unwrap_or_default();
        ours.split_whitespace().any(|server| server == self.name())
    }

    /// Stops it as an operator would.
    pub async fn stop(self) -> Result<()> {
        run(&["stop", self.name()]).await
    }

    /// SIGKILL.
    pub async fn kill(self) -> Result<()> {
        run(&["kill", self.name()]).await
    }

    /// Starts it on its old port and data, and waits until it answers.
    pub async fn start(self) -> Result<()> {
        run(&["start", self.name()]).await
    }
}

impl Stack {
    /// As the environment says.
    pub fn from_environment() -> Result<Self> {
        let variable = |name: &str| {
            std::env::var(name).with_context(|| {
                format!("{name} is not set: run the tests with `make test`, or under `scripts/stack run`")
            })
        };
        Ok(Self {
            postgres: variable("CHAPPE_TEST_POSTGRES_URL")?,
            redis: variable("CHAPPE_TEST_REDIS_URL")?,
            kafka: variable("CHAPPE_TEST_KAFKA_BROKERS")?,
        })
    }

    /// Starts what a failed scenario left stopped.
    pub(super) async fn start_all(&self) -> Result<()> {
        for server in [Server::Postgres, Server::Redis, Server::Kafka] {
            if server.is_ours() {
                server.start().await?;
            }
        }
        Ok(())
    }

    /// An empty database; its URL.
    pub async fn fresh_database(&self) -> Result<String> {
        let name = format!("chappe_{}", uuid::Uuid::now_v7().simple());
        let mut connection = sqlx::PgConnection::connect(&self.postgres)
            .await
            .context("Postgres")?;
        connection
            .execute(sqlx::AssertSqlSafe(format!("create database {name}")))
            .await?;
        connection.close().await?;
        let mut url = url::Url::parse(&self.postgres)?;
        url.set_path(&name);
        Ok(url.into())
    }

    /// Empties Redis.
    pub async fn flush_redis(&self) -> Result<()> {
        let client = redis::Client::open(self.redis.as_str())?;
        let mut connection = client
            .get_multiplexed_async_connection()
            .await
            .context("Redis")?;
        connection.flushdb::<()>().await?;
        Ok(())
    }
}

async fn run(arguments: &[&str]) -> Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/stack");
    let child = Command::new(script)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .status();
    let status = timeout(PATIENCE, child)
        .await
        .context("scripts/stack takes too long")??;
    ensure!(status.success(), "scripts/stack {arguments:?} failed");
    Ok(())
}
