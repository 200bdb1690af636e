//! The answering side, around the generated servers.

use std::{convert::Infallible, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use http::{Request, Response, header::AUTHORIZATION};
use hyper::{body::Incoming, server::conn::http2::Builder, service::Service};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{sync::Semaphore, task::JoinSet};
use tonic::{Code, Status, body::Body, service::Routes};
use tracing::Instrument;

use super::{
    CONNECTION_WINDOW, InternalCredential, Listener, PING_EVERY, PING_TIMEOUT, STREAM_WINDOW,
    STREAMS_PER_CONNECTION,
    call::{Call, Measured, Side},
    deadline,
    listener::Io,
    method::{Method, Shape},
    status::status,
};
use crate::{health::Health, shutdown::Shutdown, trace};

/// Calls that are worked on at a time; the others wait until their deadline.
const CALLS: usize = 1024;

/// Probes of Kubernetes can't send a credential.
const OPEN_SERVICE: &str = "/grpc.health.v1.Health/";

/// The server can't be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The descriptors can't be read.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves the routes, with health and reflection beside them, until the shutdown; then finishes what
/// was begun. Long streams should end themselves on [`Shutdown::soft`]: they are cut on
/// [`Shutdown::hard`].
pub async fn serve(
    mut listener: Listener,
    routes: Routes,
    health: Health,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let routes = routes.add_service(health_service).add_service(reflection);
    let service = Guarded {
        guard: Guard {
            credential: listener.credential.clone(),
            calls: Arc::new(Semaphore::new(CALLS)),
        },
        service: routes.prepare(),
    };
    let mut report = std::pin::pin!(report(reporter, health, shutdown.clone()));
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Some(io) => {
                    connections.spawn(connection(io, service.clone(), shutdown.clone()));
                }
                None => break,
            },
            Some(_) = connections.join_next() => {}
            () = shutdown.soft() => break,
            () = &mut report => {}
        }
    }
    // Nobody may connect any more, so that callers go elsewhere.
    let address = listener.close();
    loop {
        tokio::select! {
            ended = connections.join_next() => if ended.is_none() { return Ok(()) },
            () = shutdown.hard() => break,
            () = &mut report => {}
        }
    }
    tracing::warn!(address, "calls that were still going on are cut");
    connections.shutdown().await;
    Ok(())
}

/// Serves one connection until it is closed or, once the shutdown began, its last call is finished.
async fn connection(io: Io, service: Guarded<Routes>, shutdown: Shutdown) {
    let connection = Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        // Callers that give up reset their streams; they are ours, and no attack.
        .max_pending_accept_reset_streams(STREAMS_PER_CONNECTION as usize)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIMEOUT)
        .serve_connection(TokioIo::new(io), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = shutdown.soft() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

/// Tells gRPC health what [`Health`] says; never ends.
async fn report(
    reporter: tonic_health::server::HealthReporter,
    health: Health,
    shutdown: Shutdown,
) {
    use tonic_health::ServingStatus::{NotServing, Serving};
    let mut ready = health.is_ready();
    loop {
        let status = if ready && !shutdown.is_triggered() {
            Serving
        } else {
            NotServing
        };
        reporter.set_service_status("", status).await;
        if shutdown.is_triggered() {
            return std::future::pending().await;
        }
        tokio::select! {
            changed = health.changed_from(ready) => ready = changed,
            () = shutdown.soft() => {}
        }
    }
}

/// Lets in who has the credential, no more than can be worked on, and measures.
#[derive(Clone)]
struct Guard {
    credential: InternalCredential,
    calls: Arc<Semaphore>,
}

#[derive(Clone)]
struct Guarded<S> {
    guard: Guard,
    service: S,
}

impl<S> Service<Request<Incoming>> for Guarded<S>
where
    S: tower::Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        if let Err(refusal) = self.guard.admit(&request) {
            return Box::pin(std::future::ready(Ok(refusal.into_http())));
        }
        let method = Method::of(request.uri().path());
        let mut call = Call::begin(Side::Server, method);
        let caller = request.headers().get("traceparent");
        if let Some(caller) = caller.and_then(|value| value.to_str().ok()) {
            trace::set_parent(&call.span, caller);
        }
        let deadline = deadline::of(request.headers(), method);
        let calls = self.guard.calls.clone();
        let span = call.span.clone();
        // Routes are always ready.
        let answer = self.service.clone().call(request.map(Body::new));
        let answer = async move {
            let answer = async {
                // A conversation would keep its place for as long as both live.
                let _place = match method.shape {
                    Shape::Conversation => None,
                    Shape::Unary | Shape::Responses => Some(calls.acquire().await),
                };
                answer.await
            };
            let response = match deadline {
                Some(deadline) => tokio::time::timeout(deadline, answer)
                    .await
                    .unwrap_or_else(|_| Ok(too_late(deadline).into_http()))?,
                None => answer.await?,
            };
            call.end_with(response.headers());
            Ok(response.map(|body| Body::new(Measured::new(body, call))))
        };
        Box::pin(answer.instrument(span))
    }
}

impl Guard {
    fn admit(&self, request: &Request<Incoming>) -> Result<(), Status> {
        if request.uri().path().starts_with(OPEN_SERVICE) {
            return Ok(());
        }
        let given = request.headers().get(AUTHORIZATION);
        if given.is_some_and(|given| self.credential.matches(given)) {
            return Ok(());
        }
        let detail =
            "the internal credential is missing or another one; every service needs the same";
        Err(status(
            Code::Unauthenticated,
            "bad_internal_credential",
            detail,
        ))
    }
}

fn too_late(deadline: Duration) -> Status {
    let detail = format!("the call took longer than {deadline:?}");
    status(Code::DeadlineExceeded, "timeout", detail)
}
