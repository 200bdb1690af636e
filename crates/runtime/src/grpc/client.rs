//! The caller's side, beneath the generated clients.

use std::{
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use futures::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header::AUTHORIZATION, uri::Scheme};
use hyper::body::Incoming;
use tokio::time::Instant;
use tonic::{Code, Status, body::Body};
use tracing::{Instrument, Span};

use super::{
    balancer::Balancer,
    call::{Call, Measured, Side},
    deadline,
    endpoint::Endpoint,
    method::Method,
    status::status,
};
use crate::trace;

const TRACEPARENT: &str = "traceparent";

/// Sends all requests with the same key to the same endpoint for as long as it answers: set it as an
/// extension of the [`tonic::Request`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RouteKey(pub u64);

/// A channel to one service, for generated clients; clones share its connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    balancer: Arc<Balancer>,
    credential: HeaderValue,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let target = &self.inner.balancer.target;
        f.debug_struct("Client")
            .field("target", target)
            .finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(balancer: Arc<Balancer>, credential: HeaderValue) -> Self {
        Self {
            inner: Arc::new(Inner {
                balancer,
                credential,
            }),
        }
    }
}

impl tower::Service<Request<Body>> for Client {
    type Response = Response<Body>;
    type Error = Status;
    type Future = BoxFuture<'static, Result<Response<Body>, Status>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let inner = self.inner.clone();
        let method = Method::of(request.uri().path());
        let mut call = Call::begin(Side::Client, method);
        let deadline = inner.prepare(request.headers_mut(), method, &call);
        let span = call.span.clone();
        let answer = async move {
            let sent = inner.send(request);
            let answer = match deadline {
                Some(deadline) => tokio::time::timeout(deadline, sent)
                    .await
                    .unwrap_or_else(|_| Err(inner.too_late(deadline))),
                None => sent.await,
            };
            let (head, body) = match answer {
                Ok(response) => response.into_parts(),
                Err(refusal) => {
                    call.end(refusal.code());
                    return Err(refusal);
                }
            };
            call.end_with(&head.headers);
            Ok(Response::from_parts(
                head,
                Body::new(Measured::new(body, call)),
            ))
        };
        Box::pin(answer.instrument(span))
    }
}

impl Inner {
    /// Adds what travels with every call, and answers how long it may take.
    fn prepare(&self, headers: &mut HeaderMap, method: &Method, call: &Call) -> Option<Duration> {
        headers.insert(AUTHORIZATION, self.credential.clone());
        let context = if call.span.is_none() {
            trace::traceparent(&Span::current())
        } else {
            trace::traceparent(&call.span)
        };
        if let Some(value) = context.and_then(|context| HeaderValue::try_from(context).ok()) {
            headers.insert(TRACEPARENT, value);
        }
        deadline::set(headers, method)
    }

    /// Sends to the first endpoint that takes the request.
    async fn send(&self, mut request: Request<Body>) -> Result<Response<Incoming>, Status> {
        let route = request.extensions().get::<RouteKey>().map(|key| key.0);
        let began = Instant::now();
        let mut reason = "its name has no address".to_owned();
        let mut tried: Vec<Arc<Endpoint>> = Vec::new();
        // Twice: while nobody called, all replicas may have been replaced.
        for again in [false, true] {
            if again {
                self.balancer.refresh(began).await;
            }
            for endpoint in self.balancer.candidates(route).await {
                if tried.iter().any(|other| Arc::ptr_eq(other, &endpoint)) {
                    continue;
                }
                tried.push(endpoint.clone());
                let mut connection = match endpoint.connection().await {
                    Ok(connection) => connection,
                    Err(refusal) => {
                        reason = format!("{}: {refusal}", endpoint.name);
                        continue;
                    }
                };
                address(&mut request, &endpoint);
                match connection.try_send_request(request).await {
                    Ok(response) => return Ok(response),
                    Err(mut failure) => match failure.take_message() {
                        // Nothing of it was sent: the connection was about to close.
                        Some(unsent) => {
                            reason = format!("{}: {}", endpoint.name, failure.error());
                            request = unsent;
                        }
                        None => return Err(broken(&endpoint, failure.error())),
                    },
                }
            }
        }
        let target = &self.balancer.target;
        let detail = format!("{target} can't be reached ({reason})");
        Err(status(Code::Unavailable, "unavailable", detail))
    }

    fn too_late(&self, deadline: Duration) -> Status {
        let target = &self.balancer.target;
        let detail = format!("{target} did not answer within {deadline:?}");
        status(Code::DeadlineExceeded, "timeout", detail)
    }
}

/// HTTP/2 wants a whole URI where the generated clients give a path.
fn address(request: &mut Request<Body>, endpoint: &Endpoint) {
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.scheme = Some(Scheme::HTTP);
    parts.authority = Some(endpoint.authority.clone());
    *request.uri_mut() = Uri::from_parts(parts).expect("scheme, authority and path make a URI");
}

fn broken(endpoint: &Endpoint, error: &hyper::Error) -> Status {
    let detail = format!(
        "the connection to {} broke before the answer, so the call may have been carried out: {error}",
        endpoint.name
    );
    status(Code::Unavailable, "unavailable", detail)
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use tokio::net::TcpListener;
    use tonic::service::Routes;
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

    use super::*;
    use crate::grpc::{
        InternalCredential, Listener, names::fixture::Book, network::InProcess, serve,
        target::Target,
    };
    use crate::{Health, Shutdown};

    /// A service of several replicas, by the name that clients look up.
    struct Service {
        credential: InternalCredential,
        book: Arc<Book>,
    }

    impl Service {
        fn at(addresses: &[SocketAddr]) -> Self {
            Self {
                credential: InternalCredential::random(),
                book: Book::of(addresses),
            }
        }

        fn client(&self) -> HealthClient<Client> {
            let name = "http://chat:7000";
            let target = Target::parse(name).unwrap();
            let balancer = Balancer::new(name, target, InProcess::default(), self.book.clone());
            HealthClient::new(Client::new(balancer, self.credential.header()))
        }

        async fn replica(&self) -> Replica {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let listener = Listener::tcp(listener, self.credential.clone()).unwrap();
            let shutdown = Shutdown::new(Duration::ZERO);
            let serving = serve(listener, Routes::default(), Health::new(), shutdown.clone());
            let serving = tokio::spawn(async move { serving.await.unwrap() });
            Replica {
                address,
                shutdown,
                serving,
            }
        }
    }

    struct Replica {
        address: SocketAddr,
        shutdown: Shutdown,
        serving: tokio::task::JoinHandle<()>,
    }

    impl Replica {
        async fn stop(self) {
            self.shutdown.force();
            self.serving.await.unwrap();
        }
    }

    async fn call(client: &mut HealthClient<Client>) -> Result<(), Status> {
        let request = HealthCheckRequest::default();
        client.check(request).await.map(|_| ())
    }

    #[tokio::test]
    async fn a_call_finds_replicas_that_came_while_nobody_called() {
        let chat = Service::at(&[]);
        let old = [chat.replica().await, chat.replica().await];
        chat.book
            .write(&old.each_ref().map(|replica| replica.address));
        let mut client = chat.client();
        call(&mut client).await.unwrap();

        for replica in old {
            replica.stop().await;
        }
        let new = chat.replica().await;
        chat.book.write(&[new.address]);
        call(&mut client).await.unwrap();
        assert_eq!(chat.book.looked_up(), 2);
        new.stop().await;
    }

    #[tokio::test]
    async fn a_name_without_addresses_says_so() {
        let refused = call(&mut Service::at(&[]).client()).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        assert!(refused.message().contains("no address"), "{refused}");
    }

    #[tokio::test]
    async fn a_call_that_finds_nobody_anew_fails_with_the_last_reason() {
        let chat = Service::at(&[]);
        let only = chat.replica().await;
        let address = only.address;
        chat.book.write(&[address]);
        let mut client = chat.client();
        call(&mut client).await.unwrap();
        only.stop().await;
        let refused = call(&mut client).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        assert!(
            refused.message().contains(&address.to_string()),
            "{refused}"
        );
        assert_eq!(chat.book.looked_up(), 2);
    }
}
