//! A client as people use one: it stays connected, comes back after every loss, goes elsewhere when it is
//! asked to, repeats what was not acknowledged under the same id, and checks all that it is shown.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use uuid::Uuid;

use crate::connection::{Connection, Frame};
use crate::{Api, History, Person, Pulse};

/// Between two attempts to come back, and before a refused send is repeated.
const PAUSE: Duration = Duration::from_millis(200);
/// Nothing for so long, not even a ping, and the connection counts as lost.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a send may be repeated until it is acknowledged.
const PERSISTENCE: Duration = Duration::from_secs(90);

/// A client that stays.
#[derive(Debug)]
pub struct Device {
    /// Whose it is.
    pub person: Person,
    view: Arc<View>,
    commands: mpsc::UnboundedSender<Command>,
    task: JoinHandle<()>,
}

/// An acknowledged send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ack {
    /// The message's id.
    pub id: Uuid,
    /// Its position among the room's events.
    pub seq: i64,
    /// Its position among the room's messages.
    pub n: i64,
    /// Whether the id was known.
    pub duplicate: bool,
}

#[derive(Debug)]
enum Command {
    Send(Pending),
    Say(Value),
}

#[derive(Debug)]
struct Pending {
    id: Uuid,
    frame: Value,
    answer: oneshot::Sender<Ack>,
}

#[derive(Debug)]
struct View {
    history: Mutex<History>,
    pulse: Mutex<Pulse>,
    /// Counts the frames that were taken in; waiting is waiting for it to move.
    changed: watch::Sender<u64>,
    connected: watch::Sender<bool>,
}

impl View {
    fn history(&self) -> MutexGuard<'_, History> {
        self.history.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pulse(&self) -> MutexGuard<'_, Pulse> {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Device {
    /// Connects through the first of these gateways; through the next after each loss. Returns when the
    /// first `welcome` is there.
    pub async fn connect(person: &Person, gateways: Vec<SocketAddr>) -> Self {
        let view = Arc::new(View {
            history: Mutex::default(),
            pulse: Mutex::default(),
            changed: watch::Sender::new(0),
            connected: watch::Sender::new(false),
        });
        let (commands, inbox) = mpsc::unbounded_channel();
        let life = Life {
            person: person.clone(),
            gateways,
            view: view.clone(),
            inbox,
            pending: VecDeque::new(),
        };
        let device = Self {
            person: person.clone(),
            view,
            commands,
            task: tokio::spawn(life.run()),
        };
        device.connected(Duration::from_secs(30)).await;
        device
    }

    /// Waits until it is connected.
    pub async fn connected(&self, within: Duration) {
        let mut connected = self.view.connected.subscribe();
        timeout(within, connected.wait_for(|connected| *connected))
            .await
            .unwrap_or_else(|_| {
                panic!(
                    "{} is not connected within {within:?}",
                    self.person.username
                )
            })
            .expect("the device lives");
    }

    /// Writes a message and repeats it until it is acknowledged.
    pub async fn send(&self, room: Uuid, body: &str) -> Result<Ack> {
        self.send_as(Uuid::now_v7(), room, body, None).await
    }

    /// Writes a message under this id, with this trace context.
    pub async fn send_as(
        &self,
        id: Uuid,
        room: Uuid,
        body: &str,
        traceparent: Option<&str>,
    ) -> Result<Ack> {
        let mut frame = json!({ "t": "send", "ref": id, "id": id, "room": room, "body": body });
        if let Some(traceparent) = traceparent {
            frame["traceparent"] = traceparent.into();
        }
        let (answer, ack) = oneshot::channel();
        self.command(Command::Send(Pending { id, frame, answer }));
        timeout(PERSISTENCE, ack)
            .await
            .map_err(|_| anyhow!("{id} was not acknowledged within {PERSISTENCE:?}"))?
            .map_err(|_| anyhow!("the device ended"))
    }

    /// Sends a frame that has no answer.
    pub fn say(&self, frame: Value) {
        self.command(Command::Say(frame));
    }

    fn command(&self, command: Command) {
        // Fails only when the task ended, and then the answer never comes.
        let _ = self.commands.send(command);
    }

    /// Looks at what it has seen.
    pub fn look<T>(&self, look: impl FnOnce(&History) -> T) -> T {
        look(&self.view.history())
    }

    /// When what happened to it: connections, calls to leave, pauses between events.
    pub fn pulse(&self) -> Pulse {
        self.view.pulse().clone()
    }

    /// Keeps its positions, and forgets the events and the times.
    pub fn begin_anew(&self) {
        self.view.history().forget_events();
        self.view.pulse().begin();
    }

    /// Waits until what it has seen satisfies the condition.
    pub async fn sees(
        &self,
        what: &str,
        within: Duration,
        mut condition: impl FnMut(&History) -> bool,
    ) {
        let mut changed = self.view.changed.subscribe();
        let deadline = Instant::now() + within;
        while !self.look(&mut condition) {
            let moved = tokio::time::timeout_at(deadline, changed.changed()).await;
            assert!(
                moved.is_ok(),
                "{} did not see within {within:?}: {what}; violations: {:?}",
                self.person.username,
                self.look(|history| history.violations().to_vec())
            );
        }
    }

    /// Waits until it has the room's events up to here.
    pub async fn reaches(&self, room: Uuid, seq: i64, within: Duration) {
        self.sees(&format!("seq {seq} of {room}"), within, |history| {
            history.seq(room) >= seq
        })
        .await;
    }

    /// Fails the test when anything came twice, late or out of order.
    pub fn assert_faultless(&self) {
        let violations = self.look(|history| history.violations().to_vec());
        assert!(
            violations.is_empty(),
            "{} saw {violations:#?}",
            self.person.username
        );
    }

    /// Closes and keeps what it has seen.
    pub fn leave(self) -> History {
        self.task.abort();
        std::mem::take(&mut *self.view.history())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The device's task.
struct Life {
    person: Person,
    gateways: Vec<SocketAddr>,
    view: Arc<View>,
    inbox: mpsc::UnboundedReceiver<Command>,
    /// Sent or to be sent, and not acknowledged, in order.
    pending: VecDeque<Pending>,
}

impl Life {
    async fn run(mut self) {
        for turn in 0.. {
            let gateway = self.gateways[turn % self.gateways.len()];
            // A lost connection needs no telling: the next one shows what is missing.
            let outcome = self.stay(gateway).await;
            self.view.connected.send_replace(false);
            if outcome.is_err() {
                sleep(PAUSE).await;
            }
        }
    }

    /// Stays until the connection is lost, which is the error, or until it is time to go elsewhere.
    async fn stay(&mut self, gateway: SocketAddr) -> Result<()> {
        let mut connection = Connection::open(gateway, &self.person.access_token).await?;
        let hello = self.view.history().hello();
        let welcome = connection.hello(hello).await?;
        self.take(&welcome);
        self.fetch_missing().await?;
        self.view.connected.send_replace(true);
        self.view.pulse().connected();
        for pending in &self.pending {
            connection.say(&pending.frame).await?;
        }
        let mut repeat_at: Option<Instant> = None;
        let mut leave_at: Option<Instant> = None;
        loop {
            tokio::select! {
                frame = timeout(SILENCE, connection.next()) => match frame {
                    Err(_) => anyhow::bail!("silence"),
                    Ok(Frame::Closed(code)) => anyhow::bail!("closed with {code}"),
                    Ok(Frame::Text(frame)) => match frame["t"].as_str() {
                        Some("ping") => connection.say(&json!({ "t": "pong" })).await?,
                        Some("ack") => self.acknowledge(&frame),
                        Some("error") => repeat_at = Some(Instant::now() + PAUSE),
                        Some("drain") => {
                            let wait = frame["reconnect_in_ms"].as_u64().unwrap_or_default();
                            leave_at = Some(Instant::now() + Duration::from_millis(wait));
                            self.view.pulse().leaves();
                        }
                        Some("event") => {
                            self.take(&frame);
                            self.view.pulse().event();
                        }
                        _ => self.take(&frame),
                    },
                },
                command = self.inbox.recv() => match command {
                    // The task ends with the device.
                    None => return std::future::pending().await,
                    Some(Command::Say(frame)) => connection.say(&frame).await?,
                    Some(Command::Send(pending)) => {
                        // Kept before it is said: a loss on the way is no reason to forget it.
                        let frame = pending.frame.clone();
                        self.pending.push_back(pending);
                        connection.say(&frame).await?;
                    }
                },
                () = sleep_until(leave_at.unwrap_or_else(Instant::now)), if leave_at.is_some() => return Ok(()),
                () = sleep_until(repeat_at.unwrap_or_else(Instant::now)), if repeat_at.is_some() => {
                    repeat_at = None;
                    for pending in &self.pending {
                        connection.say(&pending.frame).await?;
                    }
                }
            }
        }
    }

    /// A failure ends the connection, and the next `welcome` says again what is missing.
    async fn fetch_missing(&self) -> Result<()> {
        let missing = self.view.history().missing();
        if missing.is_empty() {
            return Ok(());
        }
        let bases = self
            .gateways
            .iter()
            .map(|address| format!("http://{address}"));
        let api = Api::new(bases.collect());
        for missing in missing {
            let events = api
                .events(&self.person, missing.room, missing.after)
                .await?;
            self.view.history().fetched(missing, &events);
            self.view.changed.send_modify(|frames| *frames += 1);
        }
        Ok(())
    }

    fn take(&self, frame: &Value) {
        self.view.history().take(frame);
        self.view.changed.send_modify(|frames| *frames += 1);
    }

    fn acknowledge(&mut self, frame: &Value) {
        let number = |name: &str| frame[name].as_i64().unwrap_or_default();
        let Some(place) = self
            .pending
            .iter()
            .position(|pending| frame["id"] == pending.id.to_string())
        else {
            return;
        };
        if let Some(pending) = self.pending.remove(place) {
            let ack = Ack {
                id: pending.id,
                seq: number("seq"),
                n: number("n"),
                duplicate: frame["duplicate"] == true,
            };
            // Whoever asked may have given up.
            let _ = pending.answer.send(ack);
        }
    }
}
