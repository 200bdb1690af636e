//! What a client asks for, done beside the reading of its frames.
//!
//! The commands of one connection into one room run one after the other, so sends commit in the
//! order of their arrival. Rooms do not wait for one another, but replays do: a connection has one at a
//! time. `welcome` is the first answer, so commands that come before it wait.

mod pending;
mod replay;

use std::sync::Arc;
use std::time::Duration;

use proto::chat::{MarkReadRequest, SendMessageRequest};
use tonic::Status;
use tracing::Instrument;

use super::connection::Connection;
use super::frames::{self, Ack, Failure, MarkRead, Reference, Replay, Send, ServerFrame};
use super::hub::Hub;
use super::retried::retried;
use crate::chat::in_room;
use crate::domain::RoomId;
use crate::problem::Problem;

pub(crate) use pending::Commands;

/// A request for one room.
pub(crate) enum Command {
    Send(Send),
    Read(MarkRead),
    Replay(Replay),
}

impl Command {
    fn room(&self) -> RoomId {
        match self {
            Self::Send(send) => send.room,
            Self::Read(read) => read.room,
            Self::Replay(replay) => replay.room,
        }
    }
}

/// Does the command after those before it.
pub(crate) fn run(hub: &Arc<Hub>, connection: &Arc<Connection>, command: Command) {
    if let Some(command) = connection.commands.take(command) {
        work_from(hub, connection, command);
    }
}

/// `welcome` is queued: does what came before it.
pub(crate) fn welcomed(hub: &Arc<Hub>, connection: &Arc<Connection>) {
    for command in connection.commands.welcomed(&connection.outlet) {
        work_from(hub, connection, command);
    }
    // It may be read again.
    connection.outlet.nudge();
}

/// Answers a frame that needs no work, in its turn.
pub(crate) fn answer(connection: &Connection, frame: &ServerFrame) {
    let frame = frames::text(frame);
    connection.commands.answer(frame, &connection.outlet);
}

/// Does the command, and the ones of its room that follow.
fn work_from(hub: &Arc<Hub>, connection: &Arc<Connection>, command: Command) {
    let room = command.room();
    let (hub, connection) = (hub.clone(), connection.clone());
    tokio::spawn(async move {
        let mut next = Some(command);
        while let Some(command) = next {
            execute(&hub, &connection, command).await;
            next = connection.commands.next(room);
            connection.outlet.nudge();
        }
    });
}

async fn execute(hub: &Arc<Hub>, connection: &Arc<Connection>, command: Command) {
    match command {
        Command::Send(send) => self::send(hub, connection, send).await,
        Command::Read(read) => mark_read(hub, connection, read).await,
        Command::Replay(request) => replay::replay(hub, connection, request).await,
    }
}

async fn send(hub: &Hub, connection: &Connection, send: Send) {
    let span = tracing::info_span!(
        "send",
        otel.kind = "server",
        chappe.room.id = %send.room,
        chappe.message.id = %send.id,
    );
    if let Some(traceparent) = &send.traceparent {
        runtime::trace::set_public_parent(&span, traceparent);
    }
    let request = SendMessageRequest {
        caller_id: connection.user.to_string(),
        room_id: send.room.to_string(),
        message_id: send.id.to_string(),
        body: send.body,
        reply_to: send.reply_to.map(|message| message.to_string()),
    };
    // The id makes a repetition harmless.
    let answer = retried(|| {
        let mut chat = hub.chat.client();
        let request = in_room(send.room, request.clone());
        async move { chat.send_message(request).await }
    });
    let frame = match answer.instrument(span).await {
        Ok(answer) => {
            let answer = answer.into_inner();
            let message = answer.message.unwrap_or_default();
            ServerFrame::Ack(Ack {
                reference: send.reference,
                id: send.id,
                seq: message.seq.try_into().unwrap_or_default(),
                n: message.n.try_into().unwrap_or_default(),
                duplicate: answer.duplicate,
            })
        }
        Err(status) => failure(Some(send.reference), status),
    };
    // A client that is gone asks again with the same id.
    let _ = connection.outlet.push(frames::text(&frame));
}

async fn mark_read(hub: &Hub, connection: &Connection, read: MarkRead) {
    let request = MarkReadRequest {
        caller_id: connection.user.to_string(),
        room_id: read.room.to_string(),
        n: read.n.get(),
    };
    let answer = retried(|| {
        let mut chat = hub.chat.client();
        let request = request.clone();
        async move { chat.mark_read(request).await }
    });
    if let Err(status) = answer.await {
        let _ = connection.outlet.push(frames::text(&failure(None, status)));
    }
}

/// The `error` frame of a refusal.
pub(crate) fn failure(reference: Option<Reference>, status: Status) -> ServerFrame {
    refusal(reference, &Problem::from(status))
}

/// The `error` frame of a problem.
pub(crate) fn refusal(reference: Option<Reference>, problem: &Problem) -> ServerFrame {
    ServerFrame::Error(Failure {
        reference,
        code: problem.code.to_string(),
        detail: problem.detail.to_string(),
        retry_after_ms: problem.retry_after.map(milliseconds),
    })
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
