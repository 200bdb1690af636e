//! Working for one bot: becoming the one process that does, and doing it.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt as _;
use runtime::Shutdown;
use tokio::{
    sync::{Notify, mpsc},
    task::{JoinError, JoinSet},
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    error::{TelegramError, Unavailable},
    hand_on::Messenger,
    listen::Listener,
    ports::{Clock, HeardLog, Ledger, RoomEvents, Rooms, Telegram},
    status::{State, Status},
    tell::Teller,
};
use crate::domain::{bot::BotName, bridge::Bridges};

/// Events that wait for a slow teller before it has to ask chat.
const TELLER_QUEUE: usize = 256;
/// Pauses after failures grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));
/// Who does not lead after so long stands by.
const SOON: Duration = Duration::from_secs(1);
/// What is under way has so long to be finished when a bot stops; longer than a request to Telegram
/// takes.
const LETTING_GO: Duration = Duration::from_secs(20);

/// What all bots of a process share.
#[derive(Clone)]
pub struct Neighbours {
    /// What was done.
    pub ledger: Arc<dyn Ledger>,
    /// The rooms, for what was missed.
    pub rooms: Arc<dyn Rooms>,
    /// What happens in the rooms.
    pub events: Arc<dyn RoomEvents>,
    /// The way to chat.
    pub log: Arc<dyn HeardLog>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// One bot's.
pub(super) struct Worker {
    pub(super) name: BotName,
    pub(super) bridges: Bridges,
    pub(super) telegram: Arc<dyn Telegram>,
    pub(super) neighbours: Neighbours,
    pub(super) status: Arc<Status>,
}

/// Why the work was interrupted.
#[derive(Debug, thiserror::Error)]
enum Setback {
    #[error("telegram refuses the token: {0}")]
    Refused(String),
    #[error("{0}")]
    Failed(String),
}

impl From<TelegramError> for Setback {
    fn from(error: TelegramError) -> Self {
        match error {
            TelegramError::BadToken(reason) => Self::Refused(reason),
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<Unavailable> for Setback {
    fn from(error: Unavailable) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Setback {
    /// A panic says on stderr what it was about.
    fn defect() -> Self {
        Self::Failed("a defect of the bot interrupted it; see its log".to_owned())
    }
}

impl Worker {
    /// Works until it is told to stop, then finishes what is under way and gives up the lead. Failures are
    /// waited out.
    pub(super) async fn run(&self, stop: &CancellationToken, shutdown: &Shutdown) {
        let mut pause = PAUSES.0;
        while !stop.is_cancelled() {
            let began = Instant::now();
            let led = AssertUnwindSafe(self.lead(stop, shutdown)).catch_unwind();
            let Err(setback) = led.await.unwrap_or_else(|_| Err(Setback::defect())) else {
                return;
            };
            tracing::warn!(bot = %self.name, %setback, "the bot cannot work; it tries again");
            match setback {
                Setback::Refused(reason) => self.status.stopped_by(State::Refused, reason),
                Setback::Failed(reason) => self.status.stopped_by(State::Failing, reason),
            }
            if began.elapsed() > PAUSES.1 {
                pause = PAUSES.0;
            }
            stop.run_until_cancelled(sleep(pause)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// Waits to lead, and works while it does.
    async fn lead(&self, stop: &CancellationToken, shutdown: &Shutdown) -> Result<(), Setback> {
        let become_leader = async {
            let identity = self.telegram.identify().await?;
            let bot = identity.id;
            self.status.identified(identity);
            let mut lead = self.neighbours.ledger.lead(bot);
            let leadership = if let Ok(leadership) = timeout(SOON, &mut lead).await {
                leadership?
            } else {
                self.status.goes_on(State::Standby);
                lead.await?
            };
            Ok::<_, Setback>((bot, leadership))
        };
        let Some(leader) = stop.run_until_cancelled(become_leader).await else {
            return Ok(());
        };
        let (bot, mut leadership) = leader?;
        let bridges = self.bridges.iter().count();
        tracing::info!(name = %self.name, bot, bridges, "the bot bridges");
        self.status.goes_on(State::Bridging);

        let quit = stop.child_token();
        let mut tasks = self.work(bot, &quit);
        let mut outcome = tokio::select! {
            () = stop.cancelled() => Ok(()),
            () = leadership.lost() => {
                Err(Setback::Failed("another process may lead now".to_owned()))
            }
            Some(ended) = tasks.join_next() => ending(ended),
        };
        quit.cancel();
        let finish = async {
            while let Some(ended) = tasks.join_next().await {
                if let Err(setback @ Setback::Refused(_)) = ending(ended) {
                    outcome = Err(setback);
                }
            }
        };
        tokio::select! {
            () = finish => {}
            () = sleep(LETTING_GO) => {}
            () = shutdown.hard() => {}
        }
        tasks.shutdown().await;
        drop(leadership);
        if stop.is_cancelled() { Ok(()) } else { outcome }
    }

    /// Starts what a leader does: each in a task of its own, which ends by `quit`.
    fn work(&self, bot: i64, quit: &CancellationToken) -> JoinSet<Result<(), Setback>> {
        let mut tasks = JoinSet::new();
        let kept = Arc::new(Notify::new());
        let heard_all = CancellationToken::new();
        let listener = Listener {
            bot,
            bridges: self.bridges.clone(),
            telegram: self.telegram.clone(),
            ledger: self.neighbours.ledger.clone(),
            clock: self.neighbours.clock.clone(),
            kept: kept.clone(),
            status: self.status.clone(),
        };
        let (until, then) = (quit.clone(), heard_all.clone().drop_guard());
        tasks.spawn(async move {
            let refused = until.run_until_cancelled(listener.run()).await;
            drop(then);
            refused.map_or(Ok(()), |error| Err(error.into()))
        });
        let messenger = Messenger {
            chats: self.bridges.iter().map(|bridge| bridge.chat).collect(),
            ledger: self.neighbours.ledger.clone(),
            log: self.neighbours.log.clone(),
            clock: self.neighbours.clock.clone(),
            kept,
            status: self.status.clone(),
        };
        tasks.spawn(async move {
            messenger.run(heard_all).await;
            Ok(())
        });
        let mut queues = HashMap::new();
        for bridge in self.bridges.iter() {
            let (queue, events) = mpsc::channel(TELLER_QUEUE);
            queues.insert(bridge.room, queue);
            let teller = Teller {
                bridge,
                topic: self.neighbours.events.topic(),
                telegram: self.telegram.clone(),
                ledger: self.neighbours.ledger.clone(),
                rooms: self.neighbours.rooms.clone(),
                status: self.status.clone(),
            };
            let until = quit.clone();
            tasks.spawn(async move {
                teller.run(events, until).await;
                Ok(())
            });
        }
        let (events, until) = (self.neighbours.events.clone(), quit.clone());
        tasks.spawn(async move {
            until.run_until_cancelled(events.bring(bot, queues)).await;
            Ok(())
        });
        tasks
    }
}

/// What the end of a task means for the others, which go on until they are told to stop.
fn ending(ended: Result<Result<(), Setback>, JoinError>) -> Result<(), Setback> {
    match ended {
        Ok(Err(setback)) => Err(setback),
        Ok(Ok(())) => Err(Setback::Failed("a part of its work ended".to_owned())),
        Err(_) => Err(Setback::defect()),
    }
}
