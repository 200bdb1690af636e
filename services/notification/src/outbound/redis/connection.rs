//! A connection that comes back by itself and never keeps anybody waiting for long.

use std::time::Duration;

use redis::aio::{ConnectionLike, MultiplexedConnection};
use redis::cluster::ClusterClient;
use redis::cluster_async::ClusterConnection;
use redis::sentinel::SentinelClient;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, Pipeline, RedisError,
    RedisFuture, RedisResult, ScriptInvocation, ServerErrorKind, Value,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::application::ports::RegistryAway;

/// Every question is answered within this time, or the registry is away.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);

/// So long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(1);

/// After a silence or a refusal nobody asks for so long, growing from the first to the second: an answer "away"
/// costs nothing then.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How connections are made.
pub(super) enum Source {
    Single(Client),
    Cluster(ClusterClient),
    /// Asking needs the client for itself: it remembers which sentinel answered.
    Sentinel(Mutex<SentinelClient>),
}

/// The one connection of this process; everybody's questions are sent over it side by side.
pub(super) struct Connections {
    source: Source,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    current: Option<Connection>,
    /// Counts connections, so that a late failure of an older one does not close the present one.
    number: u64,
    failures: u32,
    paused_until: Option<Instant>,
}

#[derive(Clone)]
enum Connection {
    Node(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connections {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            state: Mutex::default(),
        }
    }

    /// Runs a script.
    pub(super) async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, RegistryAway> {
        let (mut connection, number) = self.connection().await?;
        let answer = script.invoke_async(&mut connection);
        self.judge(number, timeout(ANSWER_WITHIN, answer).await)
            .await
    }

    /// Runs a command.
    pub(super) async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, RegistryAway> {
        let (mut connection, number) = self.connection().await?;
        let answer = command.query_async(&mut connection);
        self.judge(number, timeout(ANSWER_WITHIN, answer).await)
            .await
    }

    async fn connection(&self) -> Result<(Connection, u64), RegistryAway> {
        let mut state = self.state.lock().await;
        if let Some(current) = &state.current {
            return Ok((current.clone(), state.number));
        }
        if state
            .paused_until
            .is_some_and(|until| until > Instant::now())
        {
            return Err(RegistryAway("it did not answer just now".into()));
        }
        let made = timeout(CONNECT_WITHIN, self.source.connect()).await;
        let failure = match made {
            Ok(Ok(connection)) => {
                state.number += 1;
                state.current = Some(connection.clone());
                return Ok((connection, state.number));
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => format!("no connection within {CONNECT_WITHIN:?}"),
        };
        state.pause();
        Err(RegistryAway(failure))
    }

    async fn judge<T>(
        &self,
        number: u64,
        answer: Result<RedisResult<T>, tokio::time::error::Elapsed>,
    ) -> Result<T, RegistryAway> {
        let (reason, broken, silent) = match answer {
            Ok(Ok(answer)) => {
                self.state.lock().await.failures = 0;
                return Ok(answer);
            }
            Ok(Err(error)) => (error.to_string(), is_broken(&error), error.is_timeout()),
            Err(_) => (format!("no answer within {ANSWER_WITHIN:?}"), true, true),
        };
        let mut state = self.state.lock().await;
        if broken && state.number == number && state.current.take().is_some() && silent {
            // Waiting for the next one would hold everything up. A connection that was closed can be
            // made anew at once.
            state.pause();
        }
        Err(RegistryAway(reason))
    }
}

impl State {
    fn pause(&mut self) {
        let pause = PAUSES.0 * 2_u32.pow(self.failures.min(5));
        self.failures = self.failures.saturating_add(1);
        self.paused_until = Some(Instant::now() + pause.min(PAUSES.1));
    }
}

/// Whether another connection may fare better: it broke, or leads to a node that lost its role.
fn is_broken(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(
            error.kind(),
            ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown)
                | ErrorKind::ClusterConnectionNotFound
        )
}

impl Source {
    async fn connect(&self) -> RedisResult<Connection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN));
        match self {
            Self::Single(client) => {
                let made = client.get_multiplexed_async_connection_with_config(&config);
                made.await.map(Connection::Node)
            }
            Self::Cluster(client) => client.get_async_connection().await.map(Connection::Cluster),
            Self::Sentinel(client) => {
                let mut client = client.lock().await;
                let made = client.get_async_connection_with_config(&config);
                made.await.map(Connection::Node)
            }
        }
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Node(connection) => connection.req_packed_command(cmd),
            Self::Cluster(connection) => connection.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        cmd: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Node(connection) => connection.req_packed_commands(cmd, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(cmd, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Node(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
