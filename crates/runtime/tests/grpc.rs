//! What services rely on when they call one another.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use proto::notification::{
    AttachRequest, AttachResponse, ListGatewaysRequest, ListGatewaysResponse, RedeemTicketRequest,
    RedeemTicketResponse,
    registry_service_client::RegistryServiceClient,
    registry_service_server::{RegistryService, RegistryServiceServer},
};
use runtime::{
    Health, Shutdown,
    grpc::{self, InternalCredential, Listener, Network, RouteKey},
};
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::timeout,
};
use tokio_stream::{Stream, StreamExt, wrappers::ReceiverStream};
use tonic::{Code, Request, Response, Status, Streaming};

const PATIENCE: Duration = Duration::from_secs(10);

/// Counts its calls; `wait` holds a unary call until `go`.
#[derive(Clone, Default)]
struct Example {
    calls: Arc<AtomicUsize>,
    contexts: Arc<Mutex<Vec<Option<String>>>>,
    wait: bool,
    begun: Arc<Notify>,
    go: Arc<Notify>,
}

#[tonic::async_trait]
impl RegistryService for Example {
    type AttachStream = Pin<Box<dyn Stream<Item = Result<AttachResponse, Status>> + Send>>;

    async fn attach(
        &self,
        request: Request<Streaming<AttachRequest>>,
    ) -> Result<Response<Self::AttachStream>, Status> {
        let echo = request
            .into_inner()
            .map(|request| request.map(|_| AttachResponse { message: None }));
        Ok(Response::new(Box::pin(echo)))
    }

    async fn redeem_ticket(
        &self,
        request: Request<RedeemTicketRequest>,
    ) -> Result<Response<RedeemTicketResponse>, Status> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let context = request.metadata().get("traceparent");
        let context = context.map(|context| context.to_str().unwrap().to_owned());
        self.contexts.lock().unwrap().push(context);
        if self.wait {
            self.begun.notify_one();
            self.go.notified().await;
        }
        if request.get_ref().ticket_id == "taken" {
            return Err(grpc::status(
                Code::AlreadyExists,
                "ticket_taken",
                "ask for a new one",
            ));
        }
        Ok(Response::new(RedeemTicketResponse { first_use: true }))
    }

    async fn list_gateways(
        &self,
        _: Request<ListGatewaysRequest>,
    ) -> Result<Response<ListGatewaysResponse>, Status> {
        Err(Status::unimplemented("not used"))
    }
}

struct Server {
    address: String,
    shutdown: Shutdown,
    task: JoinHandle<Result<(), grpc::ServeError>>,
}

impl Server {
    fn start(listener: Listener, example: Example) -> Self {
        let shutdown = Shutdown::new(Duration::from_secs(5));
        let address = listener.address().to_owned();
        let routes = tonic::service::Routes::new(RegistryServiceServer::new(example));
        let serving = grpc::serve(listener, routes, Health::new(), shutdown.clone());
        Self {
            address,
            shutdown,
            task: tokio::spawn(serving),
        }
    }

    async fn stop(self) {
        self.shutdown.force();
        timeout(PATIENCE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

fn network() -> Network {
    Network::new("a-credential-for-tests".parse().unwrap())
}

fn ticket(id: &str) -> RedeemTicketRequest {
    RedeemTicketRequest {
        ticket_id: id.to_owned(),
        expires_at: 0,
    }
}

async fn free_port() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().to_string()
}

#[tokio::test]
async fn a_call_is_the_same_in_the_process_and_over_the_network() {
    let network = network();
    for target in ["inproc://notification", "127.0.0.1:0"] {
        let listener = network.listen(target).await.unwrap();
        let server = Server::start(listener, Example::default());
        let mut client = RegistryServiceClient::new(network.connect(&server.address).unwrap());

        let answer = client.redeem_ticket(ticket("one")).await.unwrap();
        assert!(answer.get_ref().first_use);

        let refused = client.redeem_ticket(ticket("taken")).await.unwrap_err();
        assert_eq!(refused.code(), Code::AlreadyExists);
        assert_eq!(grpc::reason(&refused).as_deref(), Some("ticket_taken"));

        let (send, receive) = mpsc::channel(1);
        let answers = client.attach(ReceiverStream::new(receive)).await.unwrap();
        let mut answers = answers.into_inner();
        for _ in 0..3 {
            send.send(AttachRequest { message: None }).await.unwrap();
            assert!(
                timeout(PATIENCE, answers.message())
                    .await
                    .unwrap()
                    .unwrap()
                    .is_some()
            );
        }
        drop(send);
        assert!(answers.message().await.unwrap().is_none());
        server.stop().await;
    }
}

#[tokio::test]
async fn another_credential_is_refused() {
    let listener = network().listen("127.0.0.1:0").await.unwrap();
    let server = Server::start(listener, Example::default());
    let stranger = Network::new(InternalCredential::random());
    let mut client = RegistryServiceClient::new(stranger.connect(&server.address).unwrap());
    let refused = client.redeem_ticket(ticket("one")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unauthenticated);
    assert_eq!(
        grpc::reason(&refused).as_deref(),
        Some("bad_internal_credential")
    );

    let channel = stranger.connect(&server.address).unwrap();
    let mut probe = tonic_health::pb::health_client::HealthClient::new(channel);
    let health = tonic_health::pb::HealthCheckRequest {
        service: String::new(),
    };
    probe
        .check(health)
        .await
        .expect("probes need no credential");
    server.stop().await;
}

#[test]
fn a_credential_that_could_be_guessed_is_refused() {
    for weak in [
        "",
        "short",
        "has a space in the middle",
        "nönascii-nönascii",
    ] {
        assert!(weak.parse::<InternalCredential>().is_err(), "{weak}");
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable_and_says_where() {
    let network = network();
    for target in [
        "inproc://nobody".to_owned(),
        format!("http://{}", free_port().await),
    ] {
        let mut client = RegistryServiceClient::new(network.connect(&target).unwrap());
        let refused = client.redeem_ticket(ticket("one")).await.unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        assert!(refused.message().contains(&target), "{refused}");
    }
}

#[tokio::test]
async fn calls_go_round_and_the_next_is_taken_when_one_refuses() {
    let network = network();
    let examples = [Example::default(), Example::default()];
    let mut servers = Vec::new();
    for example in &examples {
        let listener = network.listen("127.0.0.1:0").await.unwrap();
        servers.push(Server::start(listener, example.clone()));
    }
    let gone = free_port().await;
    let target = format!(
        "http://{gone},{},{}",
        servers[0].address, servers[1].address
    );
    let mut client = RegistryServiceClient::new(network.connect(&target).unwrap());
    for _ in 0..12 {
        client.redeem_ticket(ticket("one")).await.unwrap();
    }
    let counts = examples
        .each_ref()
        .map(|example| example.calls.load(Ordering::SeqCst));
    assert!(counts.iter().all(|count| *count >= 4), "{counts:?}");

    servers.remove(0).stop().await;
    for _ in 0..6 {
        client.redeem_ticket(ticket("one")).await.unwrap();
    }
    servers.remove(0).stop().await;
}

#[tokio::test]
async fn a_route_key_keeps_to_one_endpoint_until_that_is_gone() {
    let network = network();
    let examples = [Example::default(), Example::default(), Example::default()];
    let mut servers = Vec::new();
    for example in &examples {
        let listener = network.listen("127.0.0.1:0").await.unwrap();
        servers.push(Server::start(listener, example.clone()));
    }
    let addresses: Vec<_> = servers
        .iter()
        .map(|server| server.address.clone())
        .collect();
    let counts = || {
        examples
            .each_ref()
            .map(|example| example.calls.swap(0, Ordering::SeqCst))
    };
    let send = async |target: String, key| {
        let mut client = RegistryServiceClient::new(network.connect(&target).unwrap());
        for _ in 0..5 {
            let mut request = Request::new(ticket("one"));
            request.extensions_mut().insert(RouteKey(key));
            client.redeem_ticket(request).await.unwrap();
        }
    };

    let mut homes = Vec::new();
    for key in 0..20 {
        send(addresses.join(","), key).await;
        let counts = counts();
        let home = counts.iter().position(|count| *count == 5);
        homes.push(home.unwrap_or_else(|| panic!("key {key} went to {counts:?}")));
    }
    assert!((0..3).all(|server| homes.contains(&server)), "{homes:?}");

    // Another process lists the addresses in another order.
    let reversed: Vec<_> = addresses.iter().rev().cloned().collect();
    send(reversed.join(","), 7).await;
    assert_eq!(counts()[homes[7]], 5);

    servers.remove(homes[7]).stop().await;
    send(addresses.join(","), 7).await;
    assert_eq!(counts().iter().filter(|count| **count == 5).count(), 1);
    for server in servers {
        server.stop().await;
    }
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_again() {
    let network = network();
    let server = Server::start(
        network.listen("127.0.0.1:0").await.unwrap(),
        Example::default(),
    );
    let address = server.address.clone();
    let mut client = RegistryServiceClient::new(network.connect(&address).unwrap());
    client.redeem_ticket(ticket("one")).await.unwrap();
    server.stop().await;
    let refused = client.redeem_ticket(ticket("one")).await.unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);

    let server = Server::start(network.listen(&address).await.unwrap(), Example::default());
    timeout(PATIENCE, async {
        while client.redeem_ticket(ticket("one")).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await
    .expect("the client finds the server again");
    server.stop().await;
}

#[tokio::test]
async fn a_call_that_is_too_slow_ends_with_its_deadline() {
    let network = network();
    let slow = Example {
        wait: true,
        ..Example::default()
    };
    let server = Server::start(network.listen("inproc://slow").await.unwrap(), slow);
    let mut client = RegistryServiceClient::new(network.connect("inproc://slow").unwrap());
    let mut request = Request::new(ticket("one"));
    request.set_timeout(Duration::from_millis(50));
    let refused = client.redeem_ticket(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::DeadlineExceeded);
    server.stop().await;
}

#[tokio::test]
async fn a_peer_that_never_answers_is_given_up() {
    // It accepts the connection and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut read = Vec::new();
        let _ = stream.read_to_end(&mut read).await;
    });
    let mut client = RegistryServiceClient::new(network().connect(&address).unwrap());
    let refused = timeout(PATIENCE, client.redeem_ticket(ticket("one")));
    assert_eq!(
        refused.await.unwrap().unwrap_err().code(),
        Code::Unavailable
    );
    timeout(PATIENCE, silent).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_was_begun_is_finished_before_the_server_stops() {
    let network = network();
    let slow = Example {
        wait: true,
        ..Example::default()
    };
    let server = Server::start(network.listen("127.0.0.1:0").await.unwrap(), slow.clone());
    let mut client = RegistryServiceClient::new(network.connect(&server.address).unwrap());
    let mut late = client.clone();
    let call = tokio::spawn(async move { client.redeem_ticket(ticket("one")).await });
    slow.begun.notified().await;

    server.shutdown.trigger();
    timeout(PATIENCE, async {
        loop {
            let mut request = Request::new(ticket("two"));
            request.set_timeout(Duration::from_millis(100));
            let refused = late.redeem_ticket(request).await.unwrap_err();
            if refused.code() == Code::Unavailable {
                return;
            }
        }
    })
    .await
    .expect("a server that stops takes no new calls");
    slow.go.notify_waiters();
    call.await
        .unwrap()
        .expect("the call that was begun is answered");
    timeout(PATIENCE, server.task)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn an_endless_stream_is_cut_when_the_grace_is_over() {
    let network = network();
    let server = Server::start(
        network.listen("inproc://x").await.unwrap(),
        Example::default(),
    );
    let mut client = RegistryServiceClient::new(network.connect("inproc://x").unwrap());
    let answers = client.attach(tokio_stream::pending()).await.unwrap();
    server.shutdown.trigger();
    server.stop().await;
    assert!(
        timeout(PATIENCE, answers.into_inner().message())
            .await
            .unwrap()
            .is_err()
    );
}

#[tokio::test]
async fn grpc_health_follows_readiness() {
    use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};
    let network = network();
    let health = Health::new();
    let store = health.component("store");
    let shutdown = Shutdown::new(Duration::from_secs(5));
    let listener = network.listen("inproc://x").await.unwrap();
    let routes = tonic::service::Routes::new(RegistryServiceServer::new(Example::default()));
    let serving = tokio::spawn(grpc::serve(listener, routes, health, shutdown.clone()));

    let mut client = HealthClient::new(network.connect("inproc://x").unwrap());
    let request = HealthCheckRequest {
        service: String::new(),
    };
    let mut states = client.watch(request).await.unwrap().into_inner();
    let mut expect = async |expected: tonic_health::ServingStatus| {
        loop {
            let state = timeout(PATIENCE, states.message())
                .await
                .unwrap()
                .unwrap()
                .unwrap();
            if state.status == expected as i32 {
                return;
            }
        }
    };
    expect(tonic_health::ServingStatus::NotServing).await;
    store.ready();
    expect(tonic_health::ServingStatus::Serving).await;
    shutdown.trigger();
    expect(tonic_health::ServingStatus::NotServing).await;
    shutdown.force();
    serving.await.unwrap().unwrap();
}
