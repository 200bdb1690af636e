//! One WebSocket, frame by frame: nothing is answered, checked or repeated here.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::{SinkExt, StreamExt};
use http::{HeaderName, HeaderValue, header};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_websockets::{ClientBuilder, MaybeTlsStream, Message, WebSocketStream};
use uuid::Uuid;

/// Longest wait for one frame, unless said otherwise.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// RFC 6455's code for an end without a close frame.
const NOTHING_SAID: u16 = 1006;

/// A frame that came, or the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    /// A JSON object with `t`.
    Text(Value),
    /// The server closed with this code; 1006 where it said nothing.
    Closed(u16),
}

/// A WebSocket of the public protocol.
#[derive(Debug)]
pub struct Connection {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Connection {
    /// Opens a socket with an access token, and says nothing yet.
    pub async fn open(gateway: SocketAddr, token: &str) -> Result<Self> {
        let bearer = HeaderValue::from_str(&format!("Bearer {token}"))?;
        Self::open_with(gateway, &[(header::AUTHORIZATION, bearer)], "chappe.v1").await
    }

    /// Opens a socket as a browser does: with a ticket among the subprotocols.
    pub async fn open_with_ticket(gateway: SocketAddr, ticket: &str) -> Result<Self> {
        Self::open_with(gateway, &[], &format!("chappe.v1, ticket.{ticket}")).await
    }

    async fn open_with(
        gateway: SocketAddr,
        headers: &[(HeaderName, HeaderValue)],
        protocols: &str,
    ) -> Result<Self> {
        let tcp = timeout(PATIENCE, TcpStream::connect(gateway)).await??;
        tcp.set_nodelay(true)?;
        let uri = format!("ws://{gateway}/api/v1/ws")
            .parse()
            .context("address")?;
        let mut builder = ClientBuilder::from_uri(uri).add_header(
            header::SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_str(protocols)?,
        )?;
        for (name, value) in headers {
            builder = builder.add_header(name.clone(), value.clone())?;
        }
        let (stream, _) =
            timeout(PATIENCE, builder.connect_on(MaybeTlsStream::Plain(tcp))).await??;
        Ok(Self { stream })
    }

    /// Opens a socket, says `hello` with these positions and reads `welcome`.
    pub async fn greet(gateway: SocketAddr, token: &str, hello: Value) -> Result<(Self, Value)> {
        let mut connection = Self::open(gateway, token).await?;
        let welcome = connection.hello(hello).await?;
        Ok((connection, welcome))
    }

    /// Says `hello` with these fields and reads `welcome`.
    pub async fn hello(&mut self, mut hello: Value) -> Result<Value> {
        hello["t"] = "hello".into();
        self.say(&hello).await?;
        self.expect("welcome").await
    }

    /// Sends one frame.
    pub async fn say(&mut self, frame: &Value) -> Result<()> {
        self.say_text(frame.to_string()).await
    }

    /// Sends text that may be no frame at all.
    pub async fn say_text(&mut self, text: String) -> Result<()> {
        Ok(self.stream.send(Message::text(text)).await?)
    }

    /// Sends bytes that are not text.
    pub async fn say_binary(&mut self, bytes: Vec<u8>) -> Result<()> {
        Ok(self.stream.send(Message::binary(bytes)).await?)
    }

    /// Sends a message under this id, and reads on until its answer.
    pub async fn send(&mut self, room: Uuid, id: Uuid, body: &str) -> Result<Value> {
        self.ask(json!({ "t": "send", "id": id, "room": room, "body": body }))
            .await
    }

    /// Sends a request, and reads on until its answer: `ack`, `replayed` or `error`.
    pub async fn ask(&mut self, mut request: Value) -> Result<Value> {
        let reference = Uuid::now_v7().to_string();
        request["ref"] = reference.as_str().into();
        self.say(&request).await?;
        loop {
            let frame = self.next_frame().await?;
            if frame["ref"] == reference.as_str() {
                return Ok(frame);
            }
        }
    }

    /// The next frame, or the end. Cancel-safe.
    pub async fn next(&mut self) -> Frame {
        match self.stream.next().await {
            Some(Ok(message)) if message.is_close() => {
                let code = message
                    .as_close()
                    .map_or(NOTHING_SAID, |(code, _)| u16::from(code));
                Frame::Closed(code)
            }
            Some(Ok(message)) => match message.as_text().map(serde_json::from_str) {
                Some(Ok(frame)) => Frame::Text(frame),
                // Pings of the WebSocket protocol itself are answered by the library.
                _ => Box::pin(self.next()).await,
            },
            Some(Err(_)) | None => Frame::Closed(NOTHING_SAID),
        }
    }

    /// The next frame that is no `ping`; a `ping` is answered.
    pub async fn next_frame(&mut self) -> Result<Value> {
        loop {
            match timeout(PATIENCE, self.next())
                .await
                .context("no frame in time")?
            {
                Frame::Text(frame) if frame["t"] == "ping" => {
                    self.say(&json!({ "t": "pong" })).await?;
                }
                Frame::Text(frame) => return Ok(frame),
                Frame::Closed(code) => bail!("closed with {code}"),
            }
        }
    }

    /// Answers pings, and forgets all other frames, until something else is done.
    pub async fn stay_during<T>(&mut self, other: impl Future<Output = T>) -> Result<T> {
        tokio::pin!(other);
        loop {
            tokio::select! {
                done = &mut other => return Ok(done),
                frame = self.next() => match frame {
                    Frame::Text(frame) if frame["t"] == "ping" => self.say(&json!({ "t": "pong" })).await?,
                    Frame::Text(_) => {}
                    Frame::Closed(code) => bail!("closed with {code}"),
                },
            }
        }
    }

    /// The next frame, which must be of this kind.
    pub async fn expect(&mut self, kind: &str) -> Result<Value> {
        let frame = self.next_frame().await?;
        if frame["t"] != kind {
            bail!("expected {kind}, got {frame}");
        }
        Ok(frame)
    }

    /// Reads on until a frame of this kind.
    pub async fn until(&mut self, kind: &str) -> Result<Value> {
        loop {
            let frame = self.next_frame().await?;
            if frame["t"] == kind {
                return Ok(frame);
            }
        }
    }

    /// Reads on until the server closes, and says with what code.
    pub async fn closed(&mut self) -> Result<u16> {
        loop {
            if let Frame::Closed(code) = timeout(PATIENCE, self.next())
                .await
                .context("not closed in time")?
            {
                return Ok(code);
            }
        }
    }
}
