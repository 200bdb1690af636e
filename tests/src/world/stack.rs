//! The servers under the distributed world: Postgres, Redis and Kafka of `scripts/stack`, or others that
//! the environment names.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use sqlx::{Connection, Executor};
use tokio::process::Command;
use tokio::time::timeout;

use super::{kafka, redis};

/// How long a server may take to stop or to start.
const PATIENCE: Duration = Duration::from_mins(2);

/// Says that nothing is needed of what a Chappe has on servers that the environment names.
const DISPOSABLE: &str = "CHAPPE_TEST_DISPOSABLE";

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

    /// Whether what a Chappe has on it may be removed: on our own servers, and where somebody says so.
    fn is_disposable(self) -> bool {
        self.is_ours() || std::env::var(DISPOSABLE).is_ok_and(|answer| answer == "1")
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
    pub(crate) async fn start_all(&self) -> Result<()> {
        for server in [Server::Postgres, Server::Redis, Server::Kafka] {
            if server.is_ours() {
                server.start().await?;
            }
        }
        Ok(())
    }

    /// Makes Redis and Kafka forget the world before. A server that the environment names may have a
    /// Chappe of somebody's, which would be lost: there it is refused, unless they say that it may be.
    pub async fn forget(&self) -> Result<()> {
        for (server, held) in [
            (Server::Redis, redis::held(&self.redis).await?),
            (Server::Kafka, kafka::held(&self.kafka)?),
        ] {
            refuse_to_empty(server, held, server.is_disposable())?;
        }
        redis::forget(&self.redis).await?;
        kafka::forget(&self.kafka).await
    }

    /// An empty database; its URL.
    pub async fn fresh_database(&self) -> Result<String> {
        let name = format!("chappe_{}", uuid::Uuid::now_v7().simple());
        self.execute(&format!("create database {name}")).await?;
        let mut url = url::Url::parse(&self.postgres)?;
        url.set_path(&name);
        Ok(url.into())
    }

    /// Removes a database that [`Self::fresh_database`] made, and cuts who is connected to it.
    async fn drop_database(&self, url: &str) -> Result<()> {
        let url = url::Url::parse(url)?;
        let name = url.path().trim_start_matches('/');
        self.execute(&format!("drop database if exists {name} with (force)"))
            .await
    }

    async fn execute(&self, statement: &str) -> Result<()> {
        let mut connection = sqlx::PgConnection::connect(&self.postgres)
            .await
            .context("Postgres")?;
        connection.execute(sqlx::AssertSqlSafe(statement)).await?;
        Ok(connection.close().await?)
    }

    /// Redis forgets this world.
    pub async fn forget_registry(&self) -> Result<()> {
        redis::forget(&self.redis).await
    }
}

/// What a world leaves on its servers.
#[derive(Debug)]
pub(crate) struct Leftovers {
    pub(crate) stack: Stack,
    /// The URL of its database.
    pub(crate) database: String,
}

impl Leftovers {
    /// Removes it, as far as the servers are there: a scenario may have taken one away and failed.
    pub(crate) async fn remove(self) {
        if let Err(error) = self.try_to_remove().await {
            eprintln!("data of the tests stays: {error:#}");
        }
    }

    async fn try_to_remove(&self) -> Result<()> {
        self.stack.drop_database(&self.database).await?;
        // The data of our own servers goes with them.
        if !Server::Redis.is_ours() {
            redis::forget(&self.stack.redis).await?;
        }
        if !Server::Kafka.is_ours() {
            kafka::forget(&self.stack.kafka).await?;
        }
        Ok(())
    }
}

fn refuse_to_empty(server: Server, held: usize, disposable: bool) -> Result<()> {
    let (what, variable) = match server {
        Server::Postgres => ("databases", "CHAPPE_TEST_POSTGRES_URL"),
        Server::Redis => ("keys", "CHAPPE_TEST_REDIS_URL"),
        Server::Kafka => ("topics", "CHAPPE_TEST_KAFKA_BROKERS"),
    };
    ensure!(
        held == 0 || disposable,
        "{variable} names a {server:?} with {held} {what} of a Chappe, which these tests would remove: \
         name another one, or set {DISPOSABLE}=1 when nothing of it is needed"
    );
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_elses_chappe_is_left_alone() {
        assert!(refuse_to_empty(Server::Redis, 0, false).is_ok());
        assert!(refuse_to_empty(Server::Redis, 3, true).is_ok());
        let refused = refuse_to_empty(Server::Kafka, 3, false).unwrap_err();
        let refused = refused.to_string();
        for part in ["CHAPPE_TEST_KAFKA_BROKERS", "3 topics", DISPOSABLE] {
            assert!(refused.contains(part), "{refused}");
        }
    }
}
