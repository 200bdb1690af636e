//! Listening: Telegram's updates into the ledger.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{
    error::{TelegramError, Unavailable},
    ports::{Clock, Ledger, Telegram},
    status::{Part, Status},
};
use crate::domain::{
    bridge::Bridges,
    heard::{Heard, Update},
};

/// How long Telegram may hold a getUpdates open; below the HTTP client's time-out of 17 s.
const POLL: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Hears what is written in bridged chats.
///
/// Invariant: an update is confirmed to Telegram (by asking for the next one) only after the same
/// transaction kept its message and the place to go on from. A crash between the two asks again, and
/// the ledger keeps one row per (chat, message).
pub struct Listener {
    /// The bot's own id.
    pub bot: i64,
    /// Which chats matter.
    pub bridges: Bridges,
    /// Where from.
    pub telegram: Arc<dyn Telegram>,
    /// Where to.
    pub ledger: Arc<dyn Ledger>,
    /// For the time of keeping.
    pub clock: Arc<dyn Clock>,
    /// Rung when something new is kept.
    pub kept: Arc<Notify>,
    /// Where it is told how it goes.
    pub status: Arc<Status>,
}

/// Why an update could not be got or kept.
enum Interruption {
    Telegram(TelegramError),
    Ledger(Unavailable),
}

impl Listener {
    /// Listens until Telegram refuses the token, which it answers. Other failures are waited out.
    pub async fn run(&self) -> TelegramError {
        let mut pause = FIRST_PAUSE;
        loop {
            let wait = match self.poll().await {
                Ok(()) => {
                    self.status.works(Part::Listen);
                    pause = FIRST_PAUSE;
                    continue;
                }
                Err(Interruption::Telegram(error @ TelegramError::BadToken(_))) => return error,
                Err(Interruption::Telegram(error)) => {
                    tracing::warn!(%error, bot = self.bot, "cannot get updates");
                    self.status.fails(Part::Listen, error.to_string());
                    match error {
                        TelegramError::RetryAfter(wait) => wait,
                        _ => pause,
                    }
                }
                Err(Interruption::Ledger(error)) => {
                    let bot = self.bot;
                    tracing::warn!(%error, bot, "cannot keep what was heard; it is asked for again");
                    self.status.fails(Part::Listen, error.to_string());
                    pause
                }
            };
            tokio::time::sleep(wait.min(LONGEST_PAUSE)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// One getUpdates.
    async fn poll(&self) -> Result<(), Interruption> {
        let from = self.ledger.next_update(self.bot).await;
        let from = from.map_err(Interruption::Ledger)?;
        let updates = self.telegram.updates(from.unwrap_or(0), POLL).await;
        let updates = updates.map_err(Interruption::Telegram)?;
        let last = updates.iter().map(|update| update.id).max();
        let next = match (last, from) {
            (Some(last), _) => Some(last + 1),
            // The empty answer confirmed everything before `from`. From here on Telegram is asked without
            // an id: after a quiet week it may go on with lower ones.
            (None, Some(_)) => None,
            (None, None) => return Ok(()),
        };
        let heard: Vec<_> = updates
            .into_iter()
            .filter_map(|update| self.hear(update))
            .collect();
        self.ledger
            .keep(self.bot, &heard, next, self.clock.now())
            .await
            .map_err(Interruption::Ledger)?;
        self.kept.notify_one();
        Ok(())
    }

    fn hear(&self, update: Update) -> Option<Heard> {
        let message = update.message?;
        let room = self.bridges.room_of(message.chat)?;
        let span = tracing::info_span!(
            "hear telegram message",
            otel.kind = "server",
            chappe.room.id = %room,
            chappe.telegram.update.id = update.id,
        );
        let traceparent = span.in_scope(runtime::trace::current_traceparent);
        Some(Heard {
            update: update.id,
            message,
            room,
            traceparent,
        })
    }
}
