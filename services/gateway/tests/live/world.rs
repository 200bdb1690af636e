//! One gateway on a free port between the fakes and the clients.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::Parser;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::EncodePrivateKey;
use ed25519_dalek::pkcs8::spki::der::pem::LineEnding;
use gateway::{Gateway, Identity, Settings};
use jsonwebtoken::{Algorithm, EncodingKey, Header, get_current_timestamp};
use proto::chat::chat_service_server::ChatServiceServer;
use proto::chat::{Head, Keys, Membership};
use proto::event::{self, PersonalEvent, RoomEvent};
use proto::gateway::delivery::Event;
use proto::gateway::edge_service_client::EdgeServiceClient;
use proto::gateway::{DeliverRequest, DeliverResponse, Delivery};
use proto::notification::registry_service_server::RegistryServiceServer;
use runtime::grpc::{InternalCredential, Network};
use runtime::{Health, Shutdown};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;
use tonic::service::Routes;
use uuid::Uuid;

use crate::chat::Chat;
use crate::client::Client;
use crate::registry::Registry;

pub const ANNA: Uuid = Uuid::from_u128(0x0193_6b2e_7c00_7000_8000_0000_0000_000a);
pub const BEN: Uuid = Uuid::from_u128(0x0193_6b2e_7c00_7000_8000_0000_0000_000b);
const ISSUER: &str = "http://chappe.test";

pub struct World {
    pub chat: Chat,
    pub registry: Registry,
    pub gateway: SocketAddr,
    pub shutdown: Shutdown,
    pub health: Health,
    network: Network,
    /// Chat and the registry stay when the gateway goes.
    others: Shutdown,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    settings: Settings,
}

impl World {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// With these settings of the gateway.
    pub async fn with(flags: &[&str]) -> Self {
        let network = Network::new(InternalCredential::random());
        let shutdown = Shutdown::new(Duration::from_secs(10));
        let others = Shutdown::new(Duration::from_secs(1));
        let (chat, registry) = (Chat::default(), Registry::default());
        let routes = Routes::new(ChatServiceServer::new(chat.clone()));
        serve(&network, "inproc://chat", routes, &others).await;
        let routes = Routes::new(RegistryServiceServer::new(registry.clone()));
        serve(&network, "inproc://notification", routes, &others).await;

        let unlimited = [
            "gateway",
            "--address-rate=0",
            "--sign-in-rate=0",
            "--person-rate=0",
        ];
        let flags = Flags::parse_from([&unlimited, flags].concat());
        let identity = Identity {
            name: "one".to_owned(),
            address: "inproc://gateway".to_owned(),
        };
        let connect = |target| network.connect(target).unwrap();
        let (to_chat, to_notification) =
            (connect("inproc://chat"), connect("inproc://notification"));
        let gateway = Gateway::build(identity, flags.settings, to_chat, to_notification);
        let gateway = gateway.await.unwrap();
        serve(&network, "inproc://gateway", gateway.routes(), &shutdown).await;
        let public = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = public.local_addr().unwrap();
        let health = Health::new();
        tokio::spawn(gateway.run(public, shutdown.clone(), health.clone()));
        Self {
            chat,
            registry,
            gateway: address,
            shutdown,
            health,
            network,
            others,
        }
    }

    pub async fn client(&self, user: Uuid) -> Client {
        Client::with_token(self.gateway, &token(user, 600)).await
    }

    /// A client that has said `hello` without positions.
    pub async fn live(&self, user: Uuid) -> Client {
        let mut client = self.client(user).await;
        client.hello(json!({})).await;
        client
    }

    /// The gateway's inner side.
    pub fn edge(&self) -> EdgeServiceClient<runtime::grpc::Client> {
        EdgeServiceClient::new(self.network.connect("inproc://gateway").unwrap())
    }

    /// A router's stream to the gateway.
    pub async fn router(&self) -> Router {
        let (batches, sending) = mpsc::channel(16);
        let mut edge = self.edge();
        let answers = edge.deliver(ReceiverStream::new(sending)).await.unwrap();
        Router {
            batches,
            answers: answers.into_inner(),
            batch: 0,
        }
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.force();
        self.others.force();
    }
}

async fn serve(network: &Network, target: &str, routes: Routes, shutdown: &Shutdown) {
    let listener = network.listen(target).await.unwrap();
    let serving = runtime::grpc::serve(listener, routes, Health::new(), shutdown.clone());
    tokio::spawn(serving);
}

/// Delivers what the test decides.
pub struct Router {
    batches: mpsc::Sender<DeliverRequest>,
    answers: Streaming<DeliverResponse>,
    batch: u64,
}

impl Router {
    /// Delivers events of rooms, and waits until they are noted.
    pub async fn deliver(&mut self, events: &[RoomEvent]) {
        let events = events.iter().cloned().map(Event::Room);
        self.send(events.collect(), None).await;
    }

    pub async fn deliver_traced(&mut self, event: &RoomEvent, traceparent: &str) {
        let traceparent = Some(traceparent.to_owned());
        self.send(vec![Event::Room(event.clone())], traceparent)
            .await;
    }

    pub async fn deliver_personal(&mut self, event: &PersonalEvent) {
        self.send(vec![Event::Personal(event.clone())], None).await;
    }

    async fn send(&mut self, events: Vec<Event>, traceparent: Option<String>) {
        self.batch += 1;
        let deliveries = events.into_iter().map(|event| Delivery {
            traceparent: traceparent.clone(),
            event: Some(event),
        });
        let request = DeliverRequest {
            batch: self.batch,
            deliveries: deliveries.collect(),
        };
        self.batches.send(request).await.unwrap();
        let answer = timeout(Duration::from_secs(5), self.answers.message()).await;
        assert_eq!(answer.unwrap().unwrap().unwrap().batch, self.batch);
    }
}

/// Waits until something is true.
pub async fn eventually(what: &str, mut is_true: impl FnMut() -> bool) {
    let waiting = async {
        while !is_true() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = timeout(Duration::from_secs(10), waiting).await;
    assert!(waited.is_ok(), "it never happened that {what}");
}

fn signing_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub fn keys() -> Keys {
    let public = signing_key().verifying_key();
    let key = json!({
        "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": "first",
        "x": URL_SAFE_NO_PAD.encode(public.as_bytes()),
    });
    Keys {
        jwks: json!({ "keys": [key] }).to_string(),
        issuer: ISSUER.to_owned(),
    }
}

fn signed(claims: &Value) -> String {
    let pem = signing_key().to_pkcs8_pem(LineEnding::LF).unwrap();
    let key = EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some("first".to_owned());
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

/// An access token that ends in this time.
pub fn token(user: Uuid, seconds: i64) -> String {
    let expires_at = i64::try_from(get_current_timestamp()).unwrap() + seconds;
    signed(&json!({ "iss": ISSUER, "aud": "chappe", "sub": user, "exp": expires_at }))
}

/// A ticket whose session lasts for ten minutes.
pub fn ticket(user: Uuid, number: u128) -> String {
    let now = get_current_timestamp();
    signed(&json!({
        "iss": ISSUER, "aud": "chappe-ws", "sub": user, "jti": Uuid::from_u128(number),
        "exp": now + 30, "sexp": now + 600,
    }))
}

pub fn at() -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: 1_795_253_400,
        nanos: 125_000_000,
    }
}

pub fn user_ref(user: Uuid) -> event::UserRef {
    event::UserRef {
        id: user.to_string(),
        username: "somebody".to_owned(),
        display_name: "Somebody".to_owned(),
        kind: event::UserKind::Person.into(),
    }
}

pub fn room(id: &str, head: Head) -> proto::chat::Room {
    proto::chat::Room {
        id: id.to_owned(),
        description: Some(event::RoomDescription {
            title: "Towers".to_owned(),
            topic: None,
            kind: event::RoomKind::Group.into(),
            visibility: event::Visibility::Private.into(),
        }),
        created_at: Some(at()),
        head: Some(head),
        member_count: 2,
        my: Some(Membership {
            role: event::Role::Member.into(),
            read_n: 0,
            muted: false,
        }),
        unread: 0,
        mentions: 0,
        last_message: None,
        peer: None,
    }
}
