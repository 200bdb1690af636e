//! The commands of one connection that are not done.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::MutexGuard;

use super::Command;
use crate::domain::RoomId;
use crate::live::outlet::Outlet;

/// Beyond, the connection is not read until some are done.
const MOST: usize = 64;

/// What one connection asked for and has no answer to.
///
/// Invariants:
/// - a room is in `rooms` exactly as long as one task works on its commands;
/// - nothing is begun and nothing answered before `welcome` is queued: all of it waits in `early`;
/// - `count` is the number of all commands and of the answers in `early`.
#[derive(Default)]
pub(crate) struct Commands {
    pending: Mutex<Pending>,
    replaying: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Pending {
    count: usize,
    /// The rooms that are being worked on, each with what follows.
    rooms: HashMap<RoomId, VecDeque<Command>>,
    welcomed: bool,
    /// In the order of its arrival.
    early: Vec<Early>,
}

/// What came between `hello` and `welcome`.
enum Early {
    Command(Command),
    /// A refusal, which needs nobody to work on it.
    Answer(Bytes),
}

/// The connection's only replay; dropping it lets the next one begin.
pub(crate) type ReplayTurn<'a> = MutexGuard<'a, ()>;

impl Commands {
    /// Whether no more frames should be read for now.
    pub(crate) fn are_many(&self) -> bool {
        self.pending.lock().count >= MOST
    }

    /// Waits until no other replay of the connection goes on: each keeps a page of events in memory for
    /// as long as the client takes to read it.
    pub(crate) async fn turn_to_replay(&self) -> ReplayTurn<'_> {
        self.replaying.lock().await
    }

    /// Takes a command. Answers with it where a new task has to begin with its room.
    pub(super) fn take(&self, command: Command) -> Option<Command> {
        let mut pending = self.pending.lock();
        pending.count += 1;
        if pending.welcomed {
            return pending.begin(command);
        }
        pending.early.push(Early::Command(command));
        None
    }

    /// Queues an answer that is there already.
    pub(super) fn answer(&self, frame: Bytes, outlet: &Outlet) {
        let mut pending = self.pending.lock();
        if pending.welcomed {
            // A connection that closes needs no answers.
            let _ = outlet.push(frame);
        } else {
            pending.count += 1;
            pending.early.push(Early::Answer(frame));
        }
    }

    /// `welcome` is queued. Answers with the commands that new tasks have to begin with.
    pub(super) fn welcomed(&self, outlet: &Outlet) -> Vec<Command> {
        let mut pending = self.pending.lock();
        pending.welcomed = true;
        let mut first = Vec::new();
        for early in std::mem::take(&mut pending.early) {
            match early {
                Early::Command(command) => first.extend(pending.begin(command)),
                Early::Answer(frame) => {
                    pending.count -= 1;
                    let _ = outlet.push(frame);
                }
            }
        }
        first
    }

    /// A command of the room is done; the one after it.
    pub(super) fn next(&self, room: RoomId) -> Option<Command> {
        let mut pending = self.pending.lock();
        pending.count -= 1;
        let next = pending.rooms.get_mut(&room)?.pop_front();
        if next.is_none() {
            pending.rooms.remove(&room);
        }
        next
    }
}

impl Pending {
    fn begin(&mut self, command: Command) -> Option<Command> {
        let room = command.room();
        if let Some(following) = self.rooms.get_mut(&room) {
            following.push_back(command);
            return None;
        }
        self.rooms.insert(room, VecDeque::new());
        Some(command)
    }
}
