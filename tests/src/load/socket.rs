//! A client: one WebSocket that is read as cheaply as possible.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    net::SocketAddr,
    pin::Pin,
    rc::{Rc, Weak},
    task::{Context, Poll, ready},
};

use anyhow::{Context as _, bail};
use memchr::memmem;
use serde_json::Value;
use tokio::{
    io::{AsyncRead as _, AsyncReadExt as _, AsyncWriteExt as _, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::Notify,
    task::AbortHandle,
};

use super::{clock, deadline::within, frame, ledger::Ledger};

/// Larger than any frame that the tool provokes.
const BUFFER: usize = 512 * 1024;

/// What all clients share.
pub(super) struct Shared {
    pub(super) ledger: RefCell<Ledger>,
    /// Everybody reads into this one: nobody keeps a buffer while nothing comes.
    buffer: RefCell<Vec<u8>>,
    clients: RefCell<Vec<Weak<Client>>>,
}

impl Shared {
    pub(super) fn new() -> Rc<Self> {
        Rc::new(Self {
            ledger: RefCell::default(),
            buffer: RefCell::new(vec![0; BUFFER]),
            clients: RefCell::default(),
        })
    }

    /// Cuts all connections.
    pub(super) fn cut_all(&self) {
        for client in self.clients.borrow_mut().drain(..) {
            if let Some(client) = client.upgrade() {
                client.cut();
            }
        }
    }
}

/// How far a client is in a room.
#[derive(Clone, Debug)]
pub(super) struct Position {
    pub(super) room: Rc<str>,
    pub(super) seq: u64,
}

/// One connection.
pub(super) struct Client {
    shared: Rc<Shared>,
    /// `None` once it was cut.
    write: RefCell<Option<Rc<OwnedWriteHalf>>>,
    pub(super) positions: RefCell<Vec<Position>>,
    pub(super) welcomed: Cell<bool>,
    pub(super) closed: Cell<bool>,
    /// Told with each acknowledgement and each refusal, and when there will be no more of them.
    answered: Notify,
    reading: RefCell<Option<AbortHandle>>,
}

impl Client {
    /// Connects and says hello; `known` are the rooms in which it goes on from where it was.
    pub(super) async fn connect(
        shared: &Rc<Shared>,
        gateway: SocketAddr,
        token: &str,
        known: Vec<Position>,
    ) -> anyhow::Result<Rc<Self>> {
        let connecting = Self::greet(shared, gateway, token, known);
        within("a WebSocket is open", connecting).await?
    }

    async fn greet(
        shared: &Rc<Shared>,
        gateway: SocketAddr,
        token: &str,
        known: Vec<Position>,
    ) -> anyhow::Result<Rc<Self>> {
        let stream = TcpStream::connect(gateway)
            .await
            .with_context(|| format!("no connection to {gateway}"))?;
        stream.set_nodelay(true)?;
        let (mut read, mut write) = stream.into_split();
        let request = format!(
            "GET /api/v1/ws HTTP/1.1\r\nhost: {gateway}\r\nauthorization: Bearer {token}\r\n\
             upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n\
             sec-websocket-key: Y2hhcHBlY2hhcHBlY2hhcA==\r\nsec-websocket-protocol: chappe.v1\r\n\r\n"
        );
        write.write_all(request.as_bytes()).await?;
        let rest = upgraded(&mut read).await?;
        write.write_all(&frame::text(&hello(&known))).await?;

        let client = Rc::new(Self {
            shared: shared.clone(),
            write: RefCell::new(Some(Rc::new(write))),
            positions: RefCell::new(known),
            welcomed: Cell::new(false),
            closed: Cell::new(false),
            answered: Notify::new(),
            reading: RefCell::new(None),
        });
        let reading = tokio::task::spawn_local(client.clone().read(read, rest));
        *client.reading.borrow_mut() = Some(reading.abort_handle());
        shared.clients.borrow_mut().push(Rc::downgrade(&client));
        Ok(client)
    }

    /// Sends a message; `number` is the one that the ledger gave it.
    pub(super) async fn send(
        &self,
        number: usize,
        room: &str,
        filling: &str,
    ) -> anyhow::Result<()> {
        let id = clock::message_id();
        let send = format!(
            r##"{{"t":"send","ref":"{number}","id":"{id}","room":"{room}","body":"#{number:010}#{filling}"}}"##
        );
        self.write(&frame::text(&send)).await
    }

    /// Waits for the answer to a message; one that will not come is an error.
    pub(super) async fn answer(&self) -> anyhow::Result<()> {
        if !self.closed.get() {
            within("a message is acknowledged", self.answered.notified()).await?;
        }
        if self.closed.get() {
            let troubles = &self.shared.ledger.borrow().troubles;
            bail!("a sender was closed: {troubles:?}");
        }
        Ok(())
    }

    async fn write(&self, mut bytes: &[u8]) -> anyhow::Result<()> {
        let write = self.write.borrow().clone();
        let write = write.context("the connection was cut")?;
        while !bytes.is_empty() {
            match write.try_write(bytes) {
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    let writable = within("a gateway reads", write.writable()).await;
                    // Half a frame may have been written: nothing can follow it.
                    writable.inspect_err(|_| self.cut())??;
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Writes what fits into the socket at once: a pong that does not is not worth waiting for, as the
    /// next ping comes.
    fn write_now(&self, bytes: &[u8]) {
        if let Some(write) = &*self.write.borrow() {
            let _ = write.try_write(bytes);
        }
    }

    /// Cuts the connection without a farewell.
    pub(super) fn cut(&self) {
        self.closed.set(true);
        // The socket closes when both of its halves are gone.
        self.write.borrow_mut().take();
        if let Some(reading) = self.reading.borrow_mut().take() {
            reading.abort();
        }
        self.answered.notify_one();
    }

    async fn read(self: Rc<Self>, mut read: OwnedReadHalf, mut rest: Vec<u8>) {
        let ended = poll_fn(|context| self.poll_read(context, &mut read, &mut rest)).await;
        if !self.closed.replace(true) {
            let mut ledger = self.shared.ledger.borrow_mut();
            ledger.closed += 1;
            ledger.trouble(ended);
        }
        self.answered.notify_one();
    }

    /// Reads all there is; ends with the reason for which the connection did.
    fn poll_read(
        &self,
        context: &mut Context<'_>,
        read: &mut OwnedReadHalf,
        rest: &mut Vec<u8>,
    ) -> Poll<String> {
        loop {
            let mut buffer = self.shared.buffer.borrow_mut();
            let kept = rest.len();
            buffer[..kept].copy_from_slice(rest);
            let mut unfilled = ReadBuf::new(&mut buffer[kept..]);
            let result = ready!(Pin::new(&mut *read).poll_read(context, &mut unfilled));
            let count = unfilled.filled().len();
            if let Err(error) = result {
                return Poll::Ready(format!("closed: {error}"));
            }
            if count == 0 {
                return Poll::Ready("closed without a reason".into());
            }
            let mut bytes = &buffer[..kept + count];
            let ended = self.understand(&mut bytes, count);
            rest.clear();
            rest.extend_from_slice(bytes);
            if let Some(reason) = ended {
                return Poll::Ready(reason);
            }
            if rest.len() >= BUFFER {
                return Poll::Ready("frame is larger than the tool's buffer".into());
            }
        }
    }

    /// Takes all whole frames off the bytes.
    fn understand(&self, bytes: &mut &[u8], count: usize) -> Option<String> {
        let now = clock::now();
        let mut ledger = self.shared.ledger.borrow_mut();
        ledger.bytes += count as u64;
        while let Some(found) = frame::take(bytes) {
            match found.opcode {
                frame::TEXT => self.message(&mut ledger, found.payload, now),
                frame::PING => self.write_now(&frame::pong(found.payload)),
                frame::CLOSE => {
                    let code = found
                        .payload
                        .first_chunk()
                        .map(|code| u16::from_be_bytes(*code));
                    return Some(format!("closed with {}", code.unwrap_or(1005)));
                }
                _ => {}
            }
        }
        None
    }

    fn message(&self, ledger: &mut Ledger, payload: &[u8], now: u64) {
        let kind = payload.strip_prefix(b"{\"t\":\"").unwrap_or_default();
        if kind.starts_with(b"event\"") {
            if self.is_new(ledger, payload) {
                ledger.delivered(payload, now);
            }
        } else if kind.starts_with(b"ack\"") {
            if let Some(number) = frame::field(payload, b"\"ref\":") {
                ledger.acknowledged(number);
            }
            self.answered.notify_one();
        } else if kind.starts_with(b"ping\"") {
            self.write_now(&frame::text(r#"{"t":"pong"}"#));
        } else if kind.starts_with(b"welcome\"") {
            self.welcome(ledger, payload);
        } else if kind.starts_with(b"error\"") {
            ledger.trouble(String::from_utf8_lossy(payload).into_owned());
            self.answered.notify_one();
        }
    }

    /// Checks the event's place in its room, and moves on to it.
    fn is_new(&self, ledger: &mut Ledger, payload: &[u8]) -> bool {
        let Some(event) = frame::event_head(payload) else {
            ledger.trouble("event without room and seq".into());
            return false;
        };
        let mut positions = self.positions.borrow_mut();
        let position = positions
            .iter_mut()
            .find(|position| position.room.as_bytes() == event.room);
        let Some(position) = position else {
            ledger.trouble("event of a room that the welcome did not name".into());
            return false;
        };
        if event.seq <= position.seq {
            ledger.duplicates += 1;
            return false;
        }
        ledger.gaps += event.seq - position.seq - 1;
        position.seq = event.seq;
        true
    }

    fn welcome(&self, ledger: &mut Ledger, payload: &[u8]) {
        let Ok(welcome) = serde_json::from_slice::<Value>(payload) else {
            ledger.trouble("welcome that is no JSON".into());
            return;
        };
        let mut positions = self.positions.borrow_mut();
        for (room, state) in welcome["rooms"].as_object().into_iter().flatten() {
            let seq = state["seq"].as_u64().unwrap_or(0);
            let known = positions.iter_mut().find(|known| *known.room == **room);
            match known {
                Some(known) if state["resync"] == true => {
                    ledger.trouble("resync".into());
                    known.seq = seq;
                }
                // The missing events follow.
                Some(_) => {}
                None => positions.push(Position {
                    room: room.as_str().into(),
                    seq,
                }),
            }
        }
        self.welcomed.set(true);
        ledger.welcomed += 1;
    }
}

fn hello(known: &[Position]) -> String {
    if known.is_empty() {
        return r#"{"t":"hello"}"#.into();
    }
    let rooms: serde_json::Map<String, Value> = known
        .iter()
        .map(|position| (position.room.to_string(), position.seq.into()))
        .collect();
    serde_json::json!({"t": "hello", "rooms": rooms}).to_string()
}

/// Reads the answer to the upgrade; answers what came behind it.
async fn upgraded(read: &mut OwnedReadHalf) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(1024);
    loop {
        if let Some(end) = memmem::find(&bytes, b"\r\n\r\n") {
            if !bytes.starts_with(b"HTTP/1.1 101") {
                bail!("no WebSocket: {}", String::from_utf8_lossy(&bytes));
            }
            return Ok(bytes.split_off(end + 4));
        }
        if read.read_buf(&mut bytes).await? == 0 {
            bail!("the gateway closed the connection");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{net::TcpListener, task::LocalSet, time::timeout};

    use super::*;

    const ROOM: &str = "01936b2e-7c00-7000-8000-0000000000aa";

    fn server_frame(payload: &str) -> Vec<u8> {
        let length = u16::try_from(payload.len()).expect("short");
        let mut frame = vec![0x81, 126];
        frame.extend(length.to_be_bytes());
        frame.extend(payload.as_bytes());
        frame
    }

    fn event(seq: u64, number: usize) -> Vec<u8> {
        server_frame(&format!(
            r##"{{"t":"event","room":"{ROOM}","seq":{seq},"n":1,"type":"message.created","data":{{"body":"#{number:010}#xx"}}}}"##
        ))
    }

    /// A gateway that says this to its one client, in the smallest pieces.
    async fn gateway(frames: Vec<Vec<u8>>) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        tokio::task::spawn_local(async move {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut request = Vec::new();
            while memmem::find(&request, b"\"hello\"").is_none() {
                if request.ends_with(b"\r\n\r\n") {
                    let answer = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
                    stream.write_all(answer).await.expect("written");
                }
                stream.read_buf(&mut request).await.expect("read");
            }
            for piece in frames.concat().chunks(7) {
                stream.write_all(piece).await.expect("written");
                tokio::task::yield_now().await;
            }
        });
        address
    }

    #[tokio::test]
    async fn a_sender_whose_connection_ends_waits_for_no_answer() {
        let sent = async {
            let shared = Shared::new();
            let address = gateway(Vec::new()).await;
            let client = Client::connect(&shared, address, "token", Vec::new());
            let client = client.await.expect("connected");
            let refused = client.answer().await.expect_err("the gateway is gone");
            assert!(refused.to_string().contains("closed"), "{refused}");
            client.answer().await.expect_err("it stays so");
        };
        let sent = timeout(Duration::from_secs(10), sent);
        LocalSet::new().run_until(sent).await.expect("in time");
    }

    #[tokio::test]
    async fn a_sender_that_is_cut_waits_for_no_answer() {
        let sent = async {
            let shared = Shared::new();
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("bound");
            let upgrading = async {
                let (mut stream, _) = listener.accept().await.expect("a client");
                let answer = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
                stream.write_all(answer).await.expect("written");
                stream
            };
            let client = Client::connect(&shared, address, "token", Vec::new());
            let (_gateway, client) = tokio::join!(upgrading, client);
            let client = client.expect("connected");
            let cutting = async {
                tokio::task::yield_now().await;
                shared.cut_all();
            };
            let (answered, ()) = tokio::join!(client.answer(), cutting);
            answered.expect_err("no answer will come");
        };
        let sent = timeout(Duration::from_secs(10), sent);
        LocalSet::new().run_until(sent).await.expect("in time");
    }

    #[tokio::test]
    async fn losses_doubles_and_deliveries_are_counted() {
        let heard = async {
            let shared = Shared::new();
            let welcome = format!(r#"{{"t":"welcome","rooms":{{"{ROOM}":{{"seq":4,"n":0}}}}}}"#);
            let frames = vec![
                server_frame(&welcome),
                event(5, 0),
                event(5, 0),
                event(8, 1),
                server_frame(r#"{"t":"ack","ref":"1"}"#),
            ];
            let address = gateway(frames).await;
            for _ in 0..3 {
                shared.ledger.borrow_mut().schedule(clock::now(), 1);
            }
            let client = Client::connect(&shared, address, "token", Vec::new());
            let client = client.await.expect("connected");
            while !client.closed.get() {
                tokio::task::yield_now().await;
            }
            let ledger = shared.ledger.borrow();
            assert_eq!(ledger.deliveries, 2);
            assert_eq!(ledger.duplicates, 1);
            assert_eq!(ledger.gaps, 2, "6 and 7");
            assert_eq!(ledger.unacknowledged(), 2);
            assert_eq!(ledger.missing(), 0, "only 1 was acknowledged");
            assert_eq!(ledger.closed, 1);
        };
        let heard = timeout(Duration::from_secs(10), heard);
        LocalSet::new().run_until(heard).await.expect("in time");
    }
}
