//! Handing on: from the ledger to chat, until it is in the room.

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::{
    sync::Notify,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    error::Unavailable,
    ports::{Clock, HeardLog, Ledger},
    status::{Part, Status},
};
use crate::domain::bridge::ChatId;

/// How long chat may take before a message is published again. The room's own event ends the wait.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// Publications of one message; after these chat has refused it (it is in the dead-letter topic).
const ATTEMPTS: u32 = 10;
const BATCH: u32 = 100;
const BACKSTOP: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);

/// Publishes what was heard.
///
/// Invariant: a message stays in the ledger until the room's `message.created` with its source comes
/// back, so neither a lost broker nor a lost acknowledgement loses it. Chat makes the message's id
/// from (chat, message), so a repeated publication changes nothing.
///
/// A chat belongs to one bot, and one process leads for it, so nobody else publishes what was heard
/// there: two would change the order. Right after a change of leaders two may, and then repeat.
pub struct Messenger {
    /// Where it was heard.
    pub chats: Vec<ChatId>,
    /// What was heard.
    pub ledger: Arc<dyn Ledger>,
    /// The way to chat.
    pub log: Arc<dyn HeardLog>,
    /// For what is due.
    pub clock: Arc<dyn Clock>,
    /// Rung by the listener.
    pub kept: Arc<Notify>,
    /// Where it is told how it goes.
    pub status: Arc<Status>,
}

impl Messenger {
    /// Hands on until nothing more is heard, and what is left then. What a predecessor published and was
    /// not seen in its room yet is published at once.
    pub async fn run(&self, heard_all: CancellationToken) {
        let mut ahead = AGAIN_AFTER;
        loop {
            let is_last = heard_all.is_cancelled();
            match self.hand_on(self.clock.now() + ahead).await {
                Ok(more) => {
                    ahead = Duration::ZERO;
                    self.status.works(Part::HandOn);
                    if more {
                        continue;
                    }
                    if is_last {
                        return;
                    }
                    let kept = timeout(BACKSTOP, self.kept.notified());
                    heard_all.run_until_cancelled(kept).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot hand on what was heard");
                    self.status.fails(Part::HandOn, error.to_string());
                    if is_last {
                        return;
                    }
                    heard_all.run_until_cancelled(sleep(PAUSE)).await;
                }
            }
        }
    }

    /// One batch. Answers whether there may be more at once.
    async fn hand_on(&self, due_by: OffsetDateTime) -> Result<bool, Unavailable> {
        let heard = self
            .ledger
            .due(&self.chats, due_by, AGAIN_AFTER, ATTEMPTS, BATCH)
            .await?;
        let full = heard.len() == BATCH as usize;
        if heard.is_empty() {
            return Ok(false);
        }
        let failed = self.log.publish(heard).await;
        if failed.is_empty() {
            return Ok(full);
        }
        self.ledger.not_handed_on(&failed).await?;
        Err(Unavailable::new(
            "the bus",
            &format!("{} messages wait", failed.len()),
        ))
    }
}
