//! The answering side, around the generated servers.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use futures::future::BoxFuture;
use http::{Request, Response, header::AUTHORIZATION};
use tokio::sync::Semaphore;
use tonic::{Code, Status, body::Body, service::Routes, transport::Server};
use tower::{Layer, Service};
use tracing::Instrument;

use super::{
    CONNECTION_WINDOW, DEADLINE, InternalCredential, Listener, PING_EVERY, PING_TIMEOUT,
    STREAM_WINDOW, STREAMS_PER_CONNECTION,
    call::{Call, Measured, Side},
    method::{Method, Shape},
    status::status,
};
use crate::{health::Health, shutdown::Shutdown, trace};

/// Calls that are worked on at a time; the others wait until their deadline.
const CALLS: usize = 1024;

/// Probes of Kubernetes can't send a credential.
const OPEN_SERVICE: &str = "/grpc.health.v1.Health/";

/// The server ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The transport gave up.
    #[error("the gRPC server at {0} ended: {1}")]
    Transport(String, tonic::transport::Error),
    /// The descriptors can't be read.
    #[error("gRPC reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves the routes, with health and reflection beside them, until the shutdown; then finishes what
/// was begun. Long streams should end themselves on [`Shutdown::soft`]: they are cut on
/// [`Shutdown::hard`].
pub async fn serve(
    listener: Listener,
    routes: Routes,
    health: Health,
    shutdown: Shutdown,
) -> Result<(), ServeError> {
    let address = listener.address().to_owned();
    let guard = Guard {
        credential: listener.credential.clone(),
        calls: Arc::new(Semaphore::new(CALLS)),
    };
    let (reporter, health_service) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let server = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(STREAMS_PER_CONNECTION)
        // Callers that give up reset their streams; they are ours, and no attack.
        .http2_max_pending_accept_reset_streams(Some(STREAMS_PER_CONNECTION as usize))
        .http2_keepalive_interval(Some(PING_EVERY))
        .http2_keepalive_timeout(Some(PING_TIMEOUT))
        .layer(guard)
        .add_routes(routes.add_service(health_service).add_service(reflection))
        .serve_with_incoming_shutdown(listener.connections(), shutdown.soft());
    tokio::select! {
        ended = server => ended.map_err(|error| ServeError::Transport(address, error)),
        () = shutdown.hard() => {
            tracing::warn!(address, "calls that were still going on were cut");
            Ok(())
        }
        () = report(reporter, health, shutdown.clone()) => Ok(()),
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

impl<S> Layer<S> for Guard {
    type Service = Guarded<S>;

    fn layer(&self, service: S) -> Guarded<S> {
        Guarded {
            guard: self.clone(),
            service,
        }
    }
}

#[derive(Clone)]
struct Guarded<S> {
    guard: Guard,
    service: S,
}

impl<S> Service<Request<Body>> for Guarded<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible> + Clone,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        if let Err(refusal) = self.guard.admit(&request) {
            return Box::pin(std::future::ready(Ok(refusal.into_http())));
        }
        let method = Method::of(request.uri().path());
        let mut call = Call::begin(Side::Server, method);
        let caller = request.headers().get("traceparent");
        if let Some(caller) = caller.and_then(|value| value.to_str().ok()) {
            trace::set_parent(&call.span, caller);
        }
        let has_deadline = request.headers().contains_key("grpc-timeout");
        let calls = self.guard.calls.clone();
        let span = call.span.clone();
        let answer = self.service.call(request);
        let answer = async move {
            let response = match method.shape {
                Shape::Conversation => answer.await?,
                // Tonic keeps the deadline of a request that has one.
                Shape::Unary if !has_deadline => {
                    tokio::time::timeout(DEADLINE, within(&calls, answer))
                        .await
                        .unwrap_or_else(|_| Ok(too_late().into_http()))?
                }
                Shape::Unary | Shape::Responses => within(&calls, answer).await?,
            };
            call.end_with(response.headers());
            Ok(response.map(|body| Body::new(Measured::new(body, call))))
        };
        Box::pin(answer.instrument(span))
    }
}

/// Waits for a place among the calls that are worked on.
async fn within<A: Future>(calls: &Semaphore, answer: A) -> A::Output {
    let _place = calls
        .acquire()
        .await
        .expect("the semaphore is never closed");
    answer.await
}

impl Guard {
    fn admit(&self, request: &Request<Body>) -> Result<(), Status> {
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

fn too_late() -> Status {
    let detail = format!("the call took longer than {DEADLINE:?}");
    status(Code::DeadlineExceeded, "timeout", detail)
}
