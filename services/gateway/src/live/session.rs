//! One connection while it is open: a single task that reads, writes and keeps time.

mod pace;
mod timers;

use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::{Instant, sleep_until, timeout};

use self::pace::Pace;
use self::timers::{Due, Timers};
use super::Shared;
use super::commands::{self, Command, milliseconds};
use super::connection::Connection;
use super::frames::{
    self, AuthExpiring, ClientError, ClientFrame, CloseCode, Failure, Hello, Ping, Reference,
    ServerFrame,
};
use super::hub::Admission;
use super::join::Join;
use super::socket::{End, Socket};
use crate::auth::AuthError;
use crate::problem::Problem;

/// The longest `hello`: 20,000 rooms.
pub(crate) const LONGEST_HELLO: usize = 1024 * 1024;
/// The longest of all other frames.
const LONGEST_FRAME: usize = 64 * 1024;
/// Frames of one client, with twice as many at once: far more than people make, and enough for programs
/// that wait for each answer.
const FRAMES_PER_SECOND: u32 = 1_000;
/// What is queued when a connection closes has this long to be written: a slow reader may still learn
/// that it was one.
const FLUSH_WITHIN: Duration = Duration::from_secs(30);
/// The client's own close has this long to arrive.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// An open connection.
pub(crate) struct Session {
    shared: Arc<Shared>,
    admission: Admission,
    socket: Socket,
    timers: Timers,
    pace: Pace,
    greeted: bool,
}

/// What the task has to look at.
enum Event {
    Broken,
    Ended(End),
    Closing,
    Due,
}

impl Session {
    pub(crate) fn new(
        shared: Arc<Shared>,
        admission: Admission,
        socket: Socket,
        expires_at: OffsetDateTime,
    ) -> Self {
        let now = Instant::now();
        let lasts = expires_at - shared.hub.clock.now();
        let timers = Timers::new(now, lasts, shared.settings.heartbeat);
        let pace = Pace::new(now, FRAMES_PER_SECOND);
        Self {
            shared,
            admission,
            socket,
            timers,
            pace,
            greeted: false,
        }
    }

    pub(crate) async fn run(mut self) {
        let began = Instant::now();
        let broken = self.talk().await;
        let connection = self.admission.connection.clone();
        let code = connection.outlet.closed();
        self.shared
            .hub
            .metrics
            .ended(began.elapsed().as_secs_f64(), code);
        // Events that come from now on are for nobody, and nobody waits for this reader any more.
        self.shared.hub.leave_rooms(&connection);
        connection.outlet.close(CloseCode::GoingAway);
        if !broken {
            Box::pin(finish(self.socket, &connection)).await;
        }
    }

    /// Answers whether the connection broke.
    async fn talk(&mut self) -> bool {
        let connection = self.admission.connection.clone();
        let mut timer = std::pin::pin!(sleep_until(self.timers.next()));
        loop {
            let event = poll_fn(|context| {
                let event = self.poll(context, &connection);
                if event.is_ready() {
                    return event;
                }
                // A fresh token may have moved the end.
                if let Some(expires_at) = connection.state.lock().renewed.take() {
                    let lasts = expires_at - self.shared.hub.clock.now();
                    self.timers.renew(Instant::now(), lasts);
                }
                if timer.deadline() != self.timers.next() {
                    timer.as_mut().reset(self.timers.next());
                }
                timer.as_mut().poll(context).map(|()| Event::Due)
            });
            match event.await {
                Event::Broken | Event::Ended(End::Closed) => return true,
                Event::Closing => return false,
                Event::Ended(End::Refused(code)) => connection.outlet.close(code),
                Event::Due => self.keep_time(&connection),
            }
        }
    }

    fn poll(&mut self, context: &mut Context<'_>, connection: &Arc<Connection>) -> Poll<Event> {
        if self
            .socket
            .poll_write(context, &connection.outlet)
            .is_ready()
        {
            return Poll::Ready(Event::Broken);
        }
        if connection.outlet.closed().is_some() {
            return Poll::Ready(Event::Closing);
        }
        if connection.commands.are_many() {
            return Poll::Pending;
        }
        let mut reader = Reader {
            shared: &self.shared,
            timers: &mut self.timers,
            pace: &mut self.pace,
            greeted: &mut self.greeted,
        };
        let end = self
            .socket
            .poll_read(context, &connection.outlet, &mut |text| {
                reader.take(connection, text)
            });
        if let Poll::Ready(end) = end {
            return Poll::Ready(Event::Ended(end));
        }
        // Replies of the protocol itself were queued after the write.
        match self.socket.poll_write(context, &connection.outlet) {
            Poll::Ready(_) => Poll::Ready(Event::Broken),
            Poll::Pending if connection.outlet.closed().is_some() => Poll::Ready(Event::Closing),
            Poll::Pending => Poll::Pending,
        }
    }

    fn keep_time(&mut self, connection: &Connection) {
        let frame = match self.timers.due(Instant::now()) {
            Due::Nothing => return,
            Due::Close(code) => return connection.outlet.close(code),
            Due::Ping => {
                // `welcome` is the first frame.
                if connection.state.lock().version.is_none() {
                    self.timers.answered();
                    return;
                }
                let heads = connection.moved_heads().collect();
                ServerFrame::Ping(Ping { heads })
            }
            Due::Expiring(left) => ServerFrame::AuthExpiring(AuthExpiring {
                in_ms: milliseconds(left),
            }),
        };
        let _ = connection.outlet.push(frames::text(&frame));
    }
}

/// Writes what is queued, the close frame last, and waits a moment for the client's own.
pub(super) async fn finish(mut socket: Socket, connection: &Connection) {
    let outlet = &connection.outlet;
    let written = poll_fn(|context| {
        if socket.poll_write(context, outlet).is_ready() {
            return Poll::Ready(false);
        }
        if outlet.waiting() == 0 {
            return socket.poll_shutdown(context).map(|done| done.is_ok());
        }
        Poll::Pending
    });
    if let Ok(true) = timeout(FLUSH_WITHIN, written).await {
        let discard = poll_fn(|context| socket.poll_discard(context));
        let _ = timeout(CLOSE_WITHIN, discard).await;
    }
}

/// The part of a session that takes frames.
struct Reader<'a> {
    shared: &'a Arc<Shared>,
    timers: &'a mut Timers,
    pace: &'a mut Pace,
    greeted: &'a mut bool,
}

impl Reader<'_> {
    /// Takes one text; answers how long the next one may be.
    fn take(&mut self, connection: &Arc<Connection>, text: &str) -> ControlFlow<CloseCode, usize> {
        if !self.pace.allows(Instant::now()) {
            return ControlFlow::Break(CloseCode::TooFast);
        }
        let frame = match frames::read(text) {
            Ok(frame) => frame,
            Err(ClientError::Broken) => return ControlFlow::Break(CloseCode::BadFrame),
            Err(_) if !*self.greeted => return ControlFlow::Break(CloseCode::NoHello),
            Err(ClientError::Invalid { reference, detail }) => {
                refuse(connection, Some(reference), "invalid", detail);
                return ControlFlow::Continue(LONGEST_FRAME);
            }
        };
        match frame {
            ClientFrame::Hello(hello) if !*self.greeted => {
                *self.greeted = true;
                self.timers.greeted(Instant::now());
                self.greet(connection, hello);
            }
            _ if !*self.greeted => return ControlFlow::Break(CloseCode::NoHello),
            ClientFrame::Hello(_) => return ControlFlow::Break(CloseCode::BadFrame),
            ClientFrame::Pong => self.timers.answered(),
            ClientFrame::Auth(auth) => self.renew(connection, auth.token),
            ClientFrame::Send(send) if !send.attachments.is_empty() => {
                unsupported(connection, Some(send.reference), "attachments");
            }
            ClientFrame::Send(send) => self.command(connection, Command::Send(send)),
            ClientFrame::Read(read) => self.command(connection, Command::Read(read)),
            ClientFrame::Replay(replay) => self.command(connection, Command::Replay(replay)),
            ClientFrame::Edit(later) => unsupported(connection, Some(later.reference), "edit"),
            ClientFrame::Delete(later) => unsupported(connection, Some(later.reference), "delete"),
            ClientFrame::React(later) => unsupported(connection, Some(later.reference), "react"),
            ClientFrame::Unreact(later) => {
                unsupported(connection, Some(later.reference), "unreact");
            }
            ClientFrame::Typing(_) => unsupported(connection, None, "typing"),
            ClientFrame::Watch(_) => unsupported(connection, None, "watch"),
        }
        ControlFlow::Continue(LONGEST_FRAME)
    }

    fn command(&self, connection: &Arc<Connection>, command: Command) {
        commands::run(&self.shared.hub, connection, command);
    }

    /// Joins in a task of its own, which lives only as long as the replay.
    fn greet(&self, connection: &Arc<Connection>, hello: Hello) {
        let shared = self.shared.clone();
        let connection = connection.clone();
        tokio::spawn(async move {
            let Ok(turn) = shared.joins.clone().acquire_owned().await else {
                return;
            };
            let join = Join {
                turn: Some(turn),
                hub: shared.hub.clone(),
                connection: connection.clone(),
                hello,
                heartbeat: shared.settings.heartbeat,
            };
            if let Err(error) = join.run().await {
                error.close(&connection, "a connection did not go live");
            }
        });
    }

    fn renew(&self, connection: &Arc<Connection>, token: String) {
        let shared = self.shared.clone();
        let connection = connection.clone();
        tokio::spawn(async move {
            match shared.verifier.verify_access(&token).await {
                Ok(claims) if claims.user_id == connection.user => {
                    connection.state.lock().renewed = Some(claims.expires_at);
                    connection.outlet.nudge();
                }
                Ok(_) => connection.outlet.close(CloseCode::Refused),
                Err(AuthError::Unavailable) => {
                    let problem = Problem::unavailable();
                    commands::answer(&connection, &commands::refusal(None, &problem));
                }
                Err(_) => connection.outlet.close(CloseCode::NotAuthenticated),
            }
        });
    }
}

fn unsupported(connection: &Connection, reference: Option<Reference>, what: &str) {
    let detail = format!("this server has no {what}");
    refuse(connection, reference, "unsupported", detail);
}

fn refuse(connection: &Connection, reference: Option<Reference>, code: &str, detail: String) {
    let frame = ServerFrame::Error(Failure {
        reference,
        code: code.to_owned(),
        detail,
        retry_after_ms: None,
    });
    commands::answer(connection, &frame);
}
