//! Handing on: from the ledger to chat, until it is in the room.

use std::{sync::Arc, time::Duration};

use time::OffsetDateTime;
use tokio::{sync::Notify, time::timeout};

use super::{
    error::Unavailable,
    ports::{Clock, HeardLog, Ledger},
};

/// How long chat may take before a message is published again. The room's own event ends the wait.
const AGAIN_AFTER: Duration = Duration::from_mins(1);
/// Publications of one message; after these chat has refused it (it is in the dead-letter topic).
const ATTEMPTS: u32 = 10;
const BATCH: u32 = 100;
const BACKSTOP: Duration = Duration::from_secs(5);

/// Publishes what was heard.
///
/// Invariant: a message stays in the ledger until the room's `message.created` with its source comes
/// back, so neither a lost broker nor a lost acknowledgement loses it. Chat makes the message's id
/// from (chat, message), so a repeated publication changes nothing.
pub struct Messenger {
    /// What was heard.
    pub ledger: Arc<dyn Ledger>,
    /// The way to chat.
    pub log: Arc<dyn HeardLog>,
    /// For what is due.
    pub clock: Arc<dyn Clock>,
    /// Rung by the listener.
    pub kept: Arc<Notify>,
}

impl Messenger {
    /// Hands on until it is dropped. What a predecessor published and was not seen in its room yet is
    /// published at once.
    pub async fn run(&self) {
        let mut ahead = AGAIN_AFTER;
        loop {
            let done = self.hand_on(self.clock.now() + ahead).await;
            if done.is_ok() {
                ahead = Duration::ZERO;
            }
            match done {
                Ok(true) => {}
                Ok(false) => {
                    timeout(BACKSTOP, self.kept.notified()).await.ok();
                }
                Err(error) => {
                    tracing::warn!(%error, "cannot hand on what was heard");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            }
        }
    }

    /// One batch. Answers whether there may be more at once.
    async fn hand_on(&self, due_by: OffsetDateTime) -> Result<bool, Unavailable> {
        let heard = self
            .ledger
            .due(due_by, AGAIN_AFTER, ATTEMPTS, BATCH)
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
