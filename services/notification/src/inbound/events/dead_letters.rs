//! Records that nobody can read.

use std::sync::Arc;
use std::time::Duration;

use bus::{PublishError, Publisher, Received};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::application::Hold;

/// Pauses between attempts grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Puts records aside without stopping the others. What is under way is bounded by the batches that
/// are; dropping this drops it, and the records are read again.
pub(super) struct DeadLetters {
    publisher: Arc<dyn Publisher>,
    under_way: JoinSet<()>,
}

impl DeadLetters {
    pub(super) fn new(publisher: Arc<dyn Publisher>) -> Self {
        Self {
            publisher,
            under_way: JoinSet::new(),
        }
    }

    /// Holds its batch until the record is safe.
    pub(super) fn put_aside(&mut self, record: Received, reason: String, hold: Hold) {
        tracing::error!(
            partition = record.partition,
            offset = record.offset,
            reason,
            "a record can't be read: it goes to the dead letters"
        );
        let publisher = self.publisher.clone();
        while self.under_way.try_join_next().is_some() {}
        self.under_way.spawn(async move {
            let _hold = hold;
            publish(&*publisher, &record, &reason).await;
        });
    }
}

async fn publish(publisher: &dyn Publisher, record: &Received, reason: &str) {
    let mut pause = PAUSES.0;
    while let Err(error) = bus::dead_letter(publisher, record, reason).await {
        if let PublishError::Refused(refused) = &error {
            // It would be refused for ever, and the partition must go on.
            tracing::error!(
                partition = record.partition,
                offset = record.offset,
                refused,
                "a record that can't be read is skipped: the dead letters refuse it too"
            );
            return;
        }
        tracing::warn!(%error, "a dead letter is published again");
        sleep(pause).await;
        pause = (pause * 2).min(PAUSES.1);
    }
}
