//! What a client asks for, done beside the reading of its frames.
//!
//! The commands of one connection into one room run one after the other, so sends commit in the
//! order of their arrival. Rooms do not wait for one another.

mod replay;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
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

/// Beyond, the connection is not read until some are done.
const MOST_PENDING: usize = 64;

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

/// The commands of one connection that are not done.
#[derive(Default)]
pub(crate) struct Commands {
    pending: Mutex<Pending>,
}

#[derive(Default)]
struct Pending {
    count: usize,
    /// The rooms that are being worked on, each with what follows.
    rooms: HashMap<RoomId, VecDeque<Command>>,
}

impl Commands {
    /// Whether no more frames should be read for now.
    pub(crate) fn are_many(&self) -> bool {
        self.pending.lock().count >= MOST_PENDING
    }

    fn next(&self, room: RoomId) -> Option<Command> {
        let mut pending = self.pending.lock();
        pending.count -= 1;
        let next = pending.rooms.get_mut(&room)?.pop_front();
        if next.is_none() {
            pending.rooms.remove(&room);
        }
        next
    }
}

/// Does the command after those before it.
pub(crate) fn run(hub: &Arc<Hub>, connection: &Arc<Connection>, command: Command) {
    let room = command.room();
    {
        let mut pending = connection.commands.pending.lock();
        pending.count += 1;
        if let Some(following) = pending.rooms.get_mut(&room) {
            following.push_back(command);
            return;
        }
        pending.rooms.insert(room, VecDeque::new());
    }
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
        runtime::trace::set_parent(&span, traceparent);
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
