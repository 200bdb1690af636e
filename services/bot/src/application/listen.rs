//! Listening: Telegram's updates into the ledger.

use std::{sync::Arc, time::Duration};

use tokio::sync::Notify;

use super::{
    error::TelegramError,
    ports::{Clock, Ledger, Telegram},
};
use crate::domain::{
    bridge::Bridges,
    heard::{Heard, Update},
};

/// How long Telegram may hold a getUpdates open; below the HTTP client's time-out of 17 s.
const POLL: Duration = Duration::from_secs(10);
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
}

impl Listener {
    /// Listens until it is dropped. Failures are waited out.
    pub async fn run(&self) {
        let mut pause = Duration::from_millis(500);
        loop {
            match self.poll().await {
                Ok(()) => pause = Duration::from_millis(500),
                Err(wait) => {
                    tokio::time::sleep(wait.unwrap_or(pause).min(LONGEST_PAUSE)).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// One getUpdates. An error is how long Telegram asks to wait, if it does.
    async fn poll(&self) -> Result<(), Option<Duration>> {
        let from = self.ledger.next_update(self.bot).await.map_err(|error| {
            tracing::warn!(%error, "cannot read where to listen from");
            None
        })?;
        let updates = self
            .telegram
            .updates(from.unwrap_or(0), POLL)
            .await
            .map_err(|error| match error {
                TelegramError::RetryAfter(wait) => Some(wait),
                error => {
                    tracing::warn!(%error, "cannot get updates");
                    None
                }
            })?;
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
            .map_err(|error| {
                tracing::warn!(%error, "cannot keep what was heard; it is asked for again");
                None
            })?;
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
