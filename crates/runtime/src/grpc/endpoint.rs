//! One address of a service, and the one connection to it.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Weak},
    time::Duration,
};

use hyper::client::conn::http2::{Builder, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tonic::body::Body;

use super::{
    CONNECTION_WINDOW, PING_EVERY, PING_TIMEOUT, STREAM_WINDOW, listener::Io, network::InProcess,
};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// A failed address is tried again in the background after these times.
const FIRST_PROBE: Duration = Duration::from_millis(100);
const LAST_PROBE: Duration = Duration::from_secs(1);

/// Those who waited while somebody else failed to connect share the failure.
const FAILURE_IS_FRESH: Duration = Duration::from_millis(100);

#[derive(Clone, Debug)]
pub(super) enum Address {
    InProcess(InProcess, String),
    Tcp(SocketAddr),
}

pub(super) struct Endpoint {
    pub(super) name: String,
    /// The same in every process, so that a route key finds the same endpoint from each.
    pub(super) hash: u64,
    pub(super) authority: http::uri::Authority,
    address: Address,
    state: Mutex<State>,
    /// Held while connecting, so that many calls make one connection.
    connecting: tokio::sync::Mutex<()>,
}

enum State {
    Idle,
    Connected(SendRequest<Body>),
    Failed { at: Instant, reason: String },
}

impl Endpoint {
    pub(super) fn new(address: Address) -> Arc<Self> {
        let name = match &address {
            Address::InProcess(_, name) => format!("inproc://{name}"),
            Address::Tcp(address) => address.to_string(),
        };
        let authority = match &address {
            Address::InProcess(..) => http::uri::Authority::from_static("inproc"),
            Address::Tcp(_) => name.parse().expect("a socket address is an authority"),
        };
        Arc::new(Self {
            hash: xxhash_rust::xxh3::xxh3_64(name.as_bytes()),
            name,
            authority,
            address,
            state: Mutex::new(State::Idle),
            connecting: tokio::sync::Mutex::new(()),
        })
    }

    pub(super) fn socket(&self) -> Option<SocketAddr> {
        match self.address {
            Address::InProcess(..) => None,
            Address::Tcp(address) => Some(address),
        }
    }

    /// Whether the last attempt to connect failed.
    pub(super) fn is_failed(&self) -> bool {
        matches!(*self.state.lock(), State::Failed { .. })
    }

    /// The connection, made when there is none.
    pub(super) async fn connection(self: &Arc<Self>) -> Result<SendRequest<Body>, String> {
        if let Some(connection) = self.open_connection() {
            return Ok(connection);
        }
        let _turn = self.connecting.lock().await;
        if let Some(connection) = self.open_connection() {
            return Ok(connection);
        }
        if let State::Failed { at, reason } = &*self.state.lock()
            && at.elapsed() < FAILURE_IS_FRESH
        {
            return Err(reason.clone());
        }
        let connected = match tokio::time::timeout(CONNECT_TIMEOUT, self.handshake()).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(reason)) => Err(reason),
            Err(_) => Err("no answer to the attempt to connect".to_owned()),
        };
        match connected {
            Ok(connection) => {
                *self.state.lock() = State::Connected(connection.clone());
                Ok(connection)
            }
            Err(reason) => {
                self.fail(reason.clone());
                Err(reason)
            }
        }
    }

    fn open_connection(&self) -> Option<SendRequest<Body>> {
        let mut state = self.state.lock();
        match &*state {
            State::Connected(connection) if !connection.is_closed() => Some(connection.clone()),
            State::Connected(_) => {
                *state = State::Idle;
                None
            }
            State::Idle | State::Failed { .. } => None,
        }
    }

    fn fail(self: &Arc<Self>, reason: String) {
        let at = Instant::now();
        let before = std::mem::replace(&mut *self.state.lock(), State::Failed { at, reason });
        // The first failure starts the one probe.
        if !matches!(before, State::Failed { .. }) {
            tokio::spawn(probe(Arc::downgrade(self)));
        }
    }

    async fn handshake(&self) -> Result<SendRequest<Body>, String> {
        let io = self.dial().await.map_err(|error| error.to_string())?;
        let (sender, connection) = Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .keep_alive_interval(PING_EVERY)
            .keep_alive_timeout(PING_TIMEOUT)
            .keep_alive_while_idle(true)
            .handshake(TokioIo::new(io))
            .await
            .map_err(|error| error.to_string())?;
        let name = self.name.clone();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(endpoint = name, %error, "connection ended");
            }
        });
        Ok(sender)
    }

    async fn dial(&self) -> io::Result<Io> {
        match &self.address {
            Address::InProcess(in_process, name) => in_process.dial(name).await.map(Io::InProcess),
            Address::Tcp(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                Ok(Io::Tcp(stream))
            }
        }
    }
}

/// Tries a failed endpoint until it connects or nobody wants it any more, so that no call has to.
async fn probe(endpoint: Weak<Endpoint>) {
    let mut wait = FIRST_PROBE;
    loop {
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LAST_PROBE);
        let Some(endpoint) = endpoint.upgrade() else {
            return;
        };
        if !endpoint.is_failed() || endpoint.connection().await.is_ok() {
            return;
        }
    }
}
