//! Keeping the bots that are wanted, while what is wanted changes.
//!
//! Each bot is a task of its own, with its own failures. One that is no longer wanted, or wanted
//! otherwise, finishes what is under way and gives up its lead; whoever takes over its name, its token or
//! one of its chats begins after that. The others go on undisturbed.

use std::{mem, sync::Arc};

use runtime::Shutdown;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    ports::Telegrams,
    status::{Board, State, Status},
    work::{Neighbours, Worker},
};
use crate::domain::{
    assignment::{Assignment, assign},
    bot::Bot,
};

/// Starts and stops bots.
pub struct Keeper {
    telegrams: Arc<dyn Telegrams>,
    neighbours: Neighbours,
    board: Board,
    /// Those that are wanted.
    kept: Vec<Kept>,
    /// Those that were told to stop.
    leaving: Vec<Kept>,
    tasks: JoinSet<()>,
}

/// A bot that was started.
struct Kept {
    assignment: Assignment,
    stop: CancellationToken,
    ended: CancellationToken,
}

impl Keeper {
    /// Keeps none yet.
    pub fn new(telegrams: Arc<dyn Telegrams>, neighbours: Neighbours) -> Self {
        Self {
            telegrams,
            neighbours,
            board: Board::default(),
            kept: Vec::new(),
            leaving: Vec::new(),
            tasks: JoinSet::new(),
        }
    }

    /// How the bots are doing.
    pub fn board(&self) -> Board {
        self.board.clone()
    }

    /// Keeps those that are wanted until it is told to stop, and all have let go.
    pub async fn run(mut self, mut wanted: watch::Receiver<Vec<Bot>>, shutdown: Shutdown) {
        loop {
            let bots = wanted.borrow_and_update().clone();
            self.change_to(assign(bots), &shutdown);
            tokio::select! {
                () = shutdown.soft() => break,
                changed = wanted.changed() => if changed.is_err() {
                    shutdown.soft().await;
                    break;
                },
            }
        }
        for kept in &self.kept {
            kept.stop.cancel();
        }
        while self.tasks.join_next().await.is_some() {}
    }

    fn change_to(&mut self, wanted: Vec<Assignment>, shutdown: &Shutdown) {
        while self.tasks.try_join_next().is_some() {}
        self.leaving.retain(|kept| !kept.ended.is_cancelled());
        for kept in mem::take(&mut self.kept) {
            if wanted.contains(&kept.assignment) {
                self.kept.push(kept);
            } else {
                tracing::info!(bot = %kept.assignment.bot.name, "the bot is to let go");
                kept.stop.cancel();
                self.leaving.push(kept);
            }
        }
        for assignment in wanted {
            if !self.kept.iter().any(|kept| kept.assignment == assignment) {
                self.start(assignment, shutdown.clone());
            }
        }
    }

    fn start(&mut self, assignment: Assignment, shutdown: Shutdown) {
        let status = Arc::new(Status::new(&assignment));
        self.board.announce(&status);
        let worker = Worker {
            name: assignment.bot.name.clone(),
            bridges: assignment.bridges.clone(),
            telegram: self.telegrams.of(&assignment.bot.token),
            neighbours: self.neighbours.clone(),
            status: status.clone(),
        };
        let before: Vec<_> = self
            .leaving
            .iter()
            .filter(|kept| kept.assignment.excludes(&assignment))
            .map(|kept| kept.ended.clone())
            .collect();
        let kept = Kept {
            assignment,
            stop: CancellationToken::new(),
            ended: CancellationToken::new(),
        };
        let (stop, ended) = (kept.stop.clone(), kept.ended.clone().drop_guard());
        let (board, twin) = (self.board.clone(), kept.assignment.twin.clone());
        self.tasks.spawn(async move {
            let alone = async {
                for predecessor in before {
                    predecessor.cancelled().await;
                }
            };
            if stop.run_until_cancelled(alone).await.is_some() {
                board.put(&status);
                match twin {
                    None => worker.run(&stop, &shutdown).await,
                    Some(twin) => {
                        let reason = format!("the bot {twin} has the same token");
                        status.stopped_by(State::Failing, reason);
                        stop.cancelled().await;
                    }
                }
            }
            board.take(&status);
            drop(ended);
        });
        self.kept.push(kept);
    }
}
