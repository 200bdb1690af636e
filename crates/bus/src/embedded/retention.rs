//! Retention: records that every group is done with are removed soon, all others after a week.

use std::{sync::Weak, time::Duration};

use sqlite::Database;

use super::{log::Log, store};

/// How long a record waits for its groups, and a dead letter for a reader: as Kafka's default.
const KEEP_SECONDS: i64 = 7 * 24 * 3600;

/// How often the log is trimmed.
const EVERY: Duration = Duration::from_secs(30);

/// Records per transaction: few, for chat's own writes wait meanwhile.
const PER_TRANSACTION: i64 = 500;

/// Trims until the log is dropped.
pub(super) async fn run(db: Database, log: Weak<Log>) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(places) = log.upgrade().map(|log| log.places()) else {
            return;
        };
        for place in places {
            if let Err(error) = trim(&db, place).await {
                tracing::warn!(%error, "event log could not be trimmed");
            }
        }
    }
}

async fn trim(db: &Database, place: store::Place) -> Result<(), sqlx::Error> {
    // Bounded by what was there when it began: it deletes faster than anyone appends.
    while store::trim(db, place, KEEP_SECONDS, PER_TRANSACTION).await?
        >= PER_TRANSACTION.unsigned_abs()
    {
        tokio::task::yield_now().await;
    }
    Ok(())
}
