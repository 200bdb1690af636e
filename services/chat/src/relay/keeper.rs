//! Takes this replica's share of the shards, and no more while others can have the rest.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::{sync::Notify, time::sleep};

use super::shards::Shards;
use crate::application::ports::{Outbox, SHARDS, Shard, ShardOwnership, StoreError};

/// How often shares are looked at: a dead replica's shards wait so long for a new owner.
const BEAT: Duration = Duration::from_millis(250);
/// The pause before a lost connection is opened again.
const PAUSE: Duration = Duration::from_millis(500);

/// Competes with the other replicas for shards.
pub(super) struct Keeper {
    outbox: Arc<dyn Outbox>,
    shards: Arc<Shards>,
    claimed: Arc<Notify>,
    /// Replicas try shards from different ends, so that they seldom want the same one.
    first: u16,
}

impl Keeper {
    pub(super) fn new(outbox: Arc<dyn Outbox>, shards: Arc<Shards>) -> Self {
        Self {
            outbox,
            shards,
            claimed: Arc::new(Notify::new()),
            first: rand::random::<u16>() % SHARDS,
        }
    }

    /// Notified when shards were claimed, whose rows may have waited for an owner.
    pub(super) fn claimed(&self) -> Arc<Notify> {
        Arc::clone(&self.claimed)
    }

    /// Never ends. Dropping it leaves all shards to others.
    pub(super) async fn run(self) {
        loop {
            let Err(error) = self.compete().await;
            self.shards.lost();
            tracing::warn!(%error, "lost the outbox shards; claiming them again");
            sleep(PAUSE).await;
        }
    }

    async fn compete(&self) -> Result<Infallible, StoreError> {
        let mut ownership = self.outbox.ownership().await?;
        loop {
            // Also shows that the claims still stand: they live as long as the connection.
            let replicas = ownership.replicas().await?;
            self.balance(ownership.as_mut(), replicas).await?;
            sleep(BEAT).await;
        }
    }

    async fn balance(
        &self,
        ownership: &mut dyn ShardOwnership,
        replicas: u32,
    ) -> Result<(), StoreError> {
        let owned = self.shards.owned();
        let share = share(replicas);
        for shard in self.shards.give_up(owned.len().saturating_sub(share)) {
            ownership.release(shard).await?;
        }
        let mut missing = share.saturating_sub(owned.len());
        for shard in self.rotated().filter(|shard| !owned.contains(shard)) {
            if missing == 0 {
                break;
            }
            if ownership.try_claim(shard).await? {
                self.shards.claimed(shard);
                self.claimed.notify_one();
                missing -= 1;
            }
        }
        Ok(())
    }

    fn rotated(&self) -> impl Iterator<Item = Shard> {
        (0..SHARDS).filter_map(|step| Shard::numbered((self.first + step) % SHARDS))
    }
}

/// Shards per replica, rounded up: all shares together cover all shards.
fn share(replicas: u32) -> usize {
    let share = u32::from(SHARDS).div_ceil(replicas.max(1));
    usize::try_from(share).expect("at most the number of shards")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_all_shards() {
        assert_eq!(share(0), 64);
        assert_eq!(share(1), 64);
        for replicas in 1..200 {
            assert!(share(replicas) * replicas as usize >= usize::from(SHARDS));
        }
    }
}
