//! The admin server: `/healthz`, `/readyz` and `/metrics` on an address of its own, so that the public
//! one shows none of it.

use std::net::SocketAddr;

use axum::{
    Router, extract::State, http::StatusCode, http::header, response::IntoResponse, routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{health::Health, shutdown::Shutdown, telemetry};

/// A running admin server; dropping it stops it.
#[derive(Debug)]
pub struct Admin {
    address: SocketAddr,
    task: JoinHandle<()>,
}

/// The address can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot listen on {address} for health and metrics: {source}; choose another --admin-listen"
)]
pub struct Error {
    address: SocketAddr,
    source: std::io::Error,
}

/// Listens and answers until the handle is dropped. While the process drains, `/readyz` says so.
pub async fn serve(
    address: SocketAddr,
    health: Health,
    shutdown: Shutdown,
) -> Result<Admin, Error> {
    let refused = |source| Error { address, source };
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let address = listener.local_addr().map_err(refused)?;
    let routes = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state((health, shutdown));
    let task = tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, routes).await {
            tracing::error!(%error, "the admin server ended");
        }
    });
    Ok(Admin { address, task })
}

impl Admin {
    /// Where it listens; tells the port when 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn ready(State((health, shutdown)): State<(Health, Shutdown)>) -> impl IntoResponse {
    let mut reasons = health.reasons();
    if shutdown.is_triggered() {
        reasons.push(("process", "stopping".to_owned()));
    }
    if reasons.is_empty() {
        return (StatusCode::OK, "ready\n".to_owned());
    }
    let lines: Vec<_> = reasons
        .into_iter()
        .map(|(name, reason)| format!("{name}: {reason}"))
        .collect();
    (StatusCode::SERVICE_UNAVAILABLE, lines.join("\n") + "\n")
}

async fn metrics() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)],
        telemetry::metrics_text(),
    )
}
