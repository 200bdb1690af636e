//! The connections of the public address: HTTP/1.1, which is what WebSockets begin as. TLS ends before
//! the gateway.

mod counted;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use runtime::Shutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub use counted::Counted;

use crate::limits::{ClientAddress, TrustedProxies};

/// A request's head must be there by then, and an idle connection is closed by then: later than proxies
/// close theirs (mostly 60 s), or one would send a request just as the other hangs up.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);
/// The largest head. Buffers start smaller, and a WebSocket keeps none of them.
const BUFFER: usize = 16 * 1024;
/// The pause when the process has no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// How the public address is served.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    /// Connections at a time; further ones wait in the system's backlog.
    pub(crate) connections: usize,
    /// Whose word on the client's address is taken.
    pub(crate) proxies: TrustedProxies,
}

/// Accepts and answers until the shutdown; then finishes what was begun. WebSockets live on: they
/// belong to who took them over.
pub(crate) async fn serve(listener: TcpListener, app: Router, terms: Terms, shutdown: Shutdown) {
    let places = Arc::new(Semaphore::new(terms.connections));
    let proxies = Arc::new(terms.proxies);
    let tasks = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &places) => accepted,
            () = shutdown.soft() => break,
        };
        let (stream, peer, place) = accepted;
        let connection = Counted::new(stream, place);
        let answering = answer(
            connection,
            peer,
            app.clone(),
            proxies.clone(),
            shutdown.clone(),
        );
        tasks.spawn(answering);
    }
    drop(listener);
    tasks.close();
    tokio::select! {
        () = tasks.wait() => {}
        () = shutdown.hard() => tracing::warn!(requests = tasks.len(), "requests were cut"),
    }
}

/// The next connection, once there is a place for it.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, IpAddr, OwnedSemaphorePermit) {
    let place = places.clone().acquire_owned().await;
    let place = place.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer.ip(), place),
            Err(error) => {
                tracing::warn!(%error, "a connection can't be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers the requests of one connection.
async fn answer(
    stream: Counted,
    peer: IpAddr,
    app: Router,
    proxies: Arc<TrustedProxies>,
    shutdown: Shutdown,
) {
    // Frames and answers are written whole: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay() {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        let address = ClientAddress::of(peer, request.headers(), &proxies);
        request.extensions_mut().insert(address);
        app.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_PATIENCE)
        .max_buf_size(BUFFER)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = shutdown.soft() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, "a connection broke");
    }
}
