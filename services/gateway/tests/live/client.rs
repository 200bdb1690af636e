//! A client that speaks the public protocol.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);

pub struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub async fn open(gateway: SocketAddr, headers: &[(HeaderName, &str)]) -> Self {
        Self::try_open(gateway, headers).await.unwrap()
    }

    pub async fn try_open(
        gateway: SocketAddr,
        headers: &[(HeaderName, &str)],
    ) -> Result<Self, tokio_websockets::Error> {
        let tcp = TcpStream::connect(gateway).await.unwrap();
        let uri = format!("ws://{gateway}/api/v1/ws").parse().unwrap();
        let mut builder = ClientBuilder::from_uri(uri);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            builder = builder.add_header(name.clone(), value).unwrap();
        }
        let (stream, response) = builder.connect_on(MaybeTlsStream::Plain(tcp)).await?;
        if let Some(echoed) = response.headers().get(header::SEC_WEBSOCKET_PROTOCOL) {
            assert_eq!(echoed, "chappe.v1");
        }
        Ok(Self { stream })
    }

    pub async fn with_token(gateway: SocketAddr, token: &str) -> Self {
        let bearer = format!("Bearer {token}");
        let headers = [
            (header::AUTHORIZATION, bearer.as_str()),
            (header::SEC_WEBSOCKET_PROTOCOL, "chappe.v1"),
        ];
        Self::open(gateway, &headers).await
    }

    pub async fn say(&mut self, frame: Value) {
        self.say_text(frame.to_string()).await;
    }

    pub async fn say_text(&mut self, text: String) {
        self.stream.send(Message::text(text)).await.unwrap();
    }

    pub async fn say_binary(&mut self, bytes: &'static [u8]) {
        self.stream.send(Message::binary(bytes)).await.unwrap();
    }

    /// Waits until everything said so far was read: the protocol's own ping is answered at once.
    pub async fn is_heard(&mut self) {
        self.stream.send(Message::ping("")).await.unwrap();
        let message = timeout(SOON, self.stream.next()).await.unwrap();
        let message = message.unwrap().unwrap();
        assert!(message.is_pong(), "{message:?}");
    }

    /// Says `hello` and reads `welcome`.
    pub async fn hello(&mut self, mut hello: Value) -> Value {
        hello["t"] = json!("hello");
        self.say(hello).await;
        self.expect("welcome").await
    }

    /// The next frame but pings, which are answered; a close code once it closed.
    pub async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = timeout(SOON, self.stream.next()).await;
            let message = message.expect("nothing came for a long time");
            let Some(Ok(message)) = message else {
                return Err(1006);
            };
            if let Some((code, _)) = message.as_close() {
                return Err(code.into());
            }
            let Some(text) = message.as_text() else {
                continue;
            };
            let frame: Value = serde_json::from_str(text).unwrap();
            if frame["t"] == "ping" {
                self.say(json!({ "t": "pong" })).await;
                continue;
            }
            return Ok(frame);
        }
    }

    /// The next frame, which is of this kind.
    #[track_caller]
    pub fn expect(&mut self, kind: &str) -> impl Future<Output = Value> {
        let kind = kind.to_owned();
        async move {
            let frame = self.next().await.unwrap();
            assert_eq!(frame["t"], kind, "{frame}");
            frame
        }
    }

    /// The next frame that is no event, which is of this kind.
    pub async fn answer(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await.unwrap();
            if frame["t"] != "event" {
                assert_eq!(frame["t"], kind, "{frame}");
                return frame;
            }
        }
    }

    /// The next ping, unanswered.
    pub async fn ping(&mut self) -> Value {
        loop {
            let message = timeout(SOON, self.stream.next()).await.unwrap();
            let message = message.unwrap().unwrap();
            let frame: Value = serde_json::from_str(message.as_text().unwrap()).unwrap();
            if frame["t"] == "ping" {
                return frame;
            }
        }
    }

    /// The seqs of the next events, all of one room.
    pub async fn events(&mut self, room: Uuid, count: usize) -> Vec<i64> {
        let mut seqs = Vec::new();
        while seqs.len() < count {
            let event = self.expect("event").await;
            assert_eq!(event["room"], room.to_string(), "{event}");
            seqs.push(event["seq"].as_i64().unwrap());
        }
        seqs
    }

    /// Reads until it is closed.
    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }

    /// Asserts that nothing more is queued: the answer to a frame that always has one comes next.
    pub async fn assert_nothing_more(&mut self) {
        self.say(json!({ "t": "typing", "room": Uuid::nil() }))
            .await;
        let answer = self.next().await.unwrap();
        assert_eq!(answer["code"], "unsupported", "{answer}");
    }
}
