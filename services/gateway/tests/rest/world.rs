//! A gateway on a free port with a fake chat behind it, and clients in front of it.

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
use proto::chat::{Head, Keys, Membership, Room, Session, User};
use proto::event;
use reqwest::Method;
use runtime::grpc::{InternalCredential, Network};
use runtime::{Health, Shutdown};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tonic::service::Routes;

use crate::fake_chat::FakeChat;

pub const ISSUER: &str = "http://chappe.test";
pub const ADA: &str = "01936b2e-7c00-7000-8000-00000000000a";
pub const BOB: &str = "01936b2e-7c00-7000-8000-00000000000b";
pub const ROOM: &str = "01936b2e-7c00-7000-8000-0000000000aa";
pub const MESSAGE: &str = "01936b2e-7c01-7000-8000-000000000001";

pub struct World {
    pub chat: FakeChat,
    pub address: SocketAddr,
    pub shutdown: Shutdown,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    settings: Settings,
}

impl World {
    pub async fn start() -> Self {
        Self::with(&["--address-rate=0", "--sign-in-rate=0", "--person-rate=0"]).await
    }

    /// With these settings of the gateway.
    pub async fn with(flags: &[&str]) -> Self {
        let network = Network::new(InternalCredential::random());
        let shutdown = Shutdown::new(Duration::from_secs(5));
        let chat = FakeChat::default();
        chat.answers("get_keys", keys(&[("first", 1)]));
        let listener = network.listen("inproc://chat").await.unwrap();
        let routes = Routes::new(ChatServiceServer::new(chat.clone()));
        let serving = runtime::grpc::serve(listener, routes, Health::new(), shutdown.clone());
        tokio::spawn(serving);

        let flags = Flags::parse_from([&["gateway"], flags].concat());
        let identity = Identity {
            name: "one".to_owned(),
            address: "inproc://gateway".to_owned(),
        };
        let connect = |target| network.connect(target).unwrap();
        let (to_chat, to_notification) =
            (connect("inproc://chat"), connect("inproc://notification"));
        let gateway = Gateway::build(identity, flags.settings, to_chat, to_notification);
        let gateway = gateway.await.unwrap();
        let public = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = public.local_addr().unwrap();
        tokio::spawn(gateway.run(public, shutdown.clone(), Health::new()));
        Self {
            chat,
            address,
            shutdown,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.http
            .request(method, format!("http://{}{path}", self.address))
    }

    /// A call of the API without a token.
    pub async fn stranger(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.request(method, &format!("/api/v1{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }

    /// A call of the API by Ada.
    pub async fn ada(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = self
            .request(method, &format!("/api/v1{path}"))
            .bearer_auth(access_token());
        if let Some(body) = body {
            request = request.json(&body);
        }
        answer(request).await
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.shutdown.force();
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Asserts that it is this problem, in the form that all problems have.
    #[track_caller]
    pub fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, &self.body["code"]),
            (status, &json!(code)),
            "{self:?}"
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status);
        assert_eq!(self.body["type"], format!("urn:chappe:problem:{code}"));
        assert!(self.body["title"].is_string() && self.body["detail"].is_string());
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().clone();
    let body = response.bytes().await.unwrap();
    Answer {
        status,
        headers,
        body: serde_json::from_slice(&body).unwrap_or(Value::Null),
    }
}

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// chat's answer with these public keys: id and seed of each.
pub fn keys(seeds: &[(&str, u8)]) -> Keys {
    let keys: Vec<Value> = seeds
        .iter()
        .map(|(kid, seed)| {
            let public = signing_key(*seed).verifying_key();
            json!({
                "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid,
                "x": URL_SAFE_NO_PAD.encode(public.as_bytes()),
            })
        })
        .collect();
    Keys {
        jwks: json!({ "keys": keys }).to_string(),
        issuer: ISSUER.to_owned(),
    }
}

/// A token with these claims, signed with the key of this seed.
pub fn signed(kid: &str, seed: u8, claims: &Value) -> String {
    let pem = signing_key(seed).to_pkcs8_pem(LineEnding::LF).unwrap();
    let key = EncodingKey::from_ed_pem(pem.as_bytes()).unwrap();
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    jsonwebtoken::encode(&header, claims, &key).unwrap()
}

pub fn claims() -> Value {
    json!({ "iss": ISSUER, "aud": "chappe", "sub": ADA, "exp": get_current_timestamp() + 600 })
}

/// A valid access token of Ada.
pub fn access_token() -> String {
    signed("first", 1, &claims())
}

pub fn at() -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: 1_795_253_400,
        nanos: 125_000_000,
    }
}

pub fn user(id: &str, name: &str) -> User {
    User {
        id: id.to_owned(),
        username: name.to_lowercase(),
        display_name: name.to_owned(),
        kind: event::UserKind::Person.into(),
        created_at: Some(at()),
    }
}

pub fn user_ref(id: &str, name: &str) -> event::UserRef {
    event::UserRef {
        id: id.to_owned(),
        username: name.to_lowercase(),
        display_name: name.to_owned(),
        kind: event::UserKind::Person.into(),
    }
}

pub fn session() -> Session {
    Session {
        user: Some(user(ADA, "Ada")),
        access_token: "an access token".to_owned(),
        refresh_token: "a refresh token".to_owned(),
        expires_in: 900,
    }
}

pub fn description() -> event::RoomDescription {
    event::RoomDescription {
        title: "Towers".to_owned(),
        topic: Some("Line Paris–Lille".to_owned()),
        kind: event::RoomKind::Group.into(),
        visibility: event::Visibility::Private.into(),
    }
}

pub fn room() -> Room {
    Room {
        id: ROOM.to_owned(),
        description: Some(description()),
        created_at: Some(at()),
        head: Some(Head { seq: 7, n: 3 }),
        member_count: 2,
        my: Some(Membership {
            role: event::Role::Owner.into(),
            read_n: 1,
            muted: false,
        }),
        unread: 2,
        mentions: 0,
        last_message: None,
        peer: None,
    }
}

pub fn message() -> event::Message {
    event::Message {
        id: MESSAGE.to_owned(),
        room_id: ROOM.to_owned(),
        seq: 7,
        n: 3,
        sender: Some(user_ref(ADA, "Ada")),
        body: "Good morning".to_owned(),
        reply_to: None,
        created_at: Some(at()),
        source: None,
    }
}
