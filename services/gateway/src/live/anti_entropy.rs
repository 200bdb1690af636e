//! Comparing what this gateway passed on with what chat has: whatever a router, the registry or the
//! network lost is found here, and delayed instead of lost.

use std::sync::Arc;
use std::time::Duration;

use proto::chat::{GetHeadsRequest, GetMembershipsRequest};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tonic::Status;

use super::feed::Feed;
use super::hub::Hub;
use crate::domain::{Seq, UserId};

/// Feeds that fell silent are looked for this often.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Everybody's memberships are compared this often, though nothing seems wrong.
const MEMBERSHIPS_EVERY: Duration = Duration::from_mins(5);
/// What comes together is compared together.
const GATHER: Duration = Duration::from_millis(200);
/// Between batches: the cap of the rate.
const PAUSE: Duration = Duration::from_millis(50);
const AFTER_FAILURE: Duration = Duration::from_secs(1);
const ROOMS_PER_CALL: usize = 1_000;
const PEOPLE_PER_CALL: usize = 200;

pub(crate) struct AntiEntropy {
    pub(crate) hub: Arc<Hub>,
}

impl AntiEntropy {
    /// Compares for as long as it is polled.
    pub(crate) async fn run(self) {
        let mut looks = interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut compared_at = Instant::now();
        loop {
            let outcome = tokio::select! {
                () = self.hub.compare_all.notified() => {
                    sleep(GATHER).await;
                    compared_at = Instant::now();
                    self.everything().await
                }
                () = self.hub.check_epoch.notified() => {
                    sleep(GATHER).await;
                    self.heads(Vec::new()).await
                }
                _ = looks.tick() => {
                    self.hub.measure();
                    if compared_at.elapsed() >= MEMBERSHIPS_EVERY {
                        compared_at = Instant::now();
                        self.memberships(self.hub.everybody()).await
                    } else {
                        self.silent_feeds().await
                    }
                }
            };
            if let Err(status) = outcome {
                let reason = status.message();
                tracing::warn!(reason, "what chat has can't be compared; trying again");
                sleep(AFTER_FAILURE).await;
                self.hub.reconcile_all();
            }
        }
    }

    async fn everything(&self) -> Result<(), Status> {
        self.feeds(self.hub.feeds()).await?;
        self.memberships(self.hub.everybody()).await
    }

    async fn silent_feeds(&self) -> Result<(), Status> {
        let now = Instant::now();
        let mut feeds = self.hub.feeds();
        feeds.retain(|feed| feed.is_overdue(now));
        self.feeds(feeds).await
    }

    async fn feeds(&self, feeds: Vec<Arc<Feed>>) -> Result<(), Status> {
        for batch in feeds.chunks(ROOMS_PER_CALL) {
            self.heads(batch.to_vec()).await?;
            sleep(PAUSE).await;
        }
        Ok(())
    }

    /// Asked for no room, chat still tells its epoch.
    async fn heads(&self, feeds: Vec<Arc<Feed>>) -> Result<(), Status> {
        let request = GetHeadsRequest {
            room_ids: feeds.iter().map(|feed| feed.room.to_string()).collect(),
        };
        let answer = self
            .hub
            .chat
            .client()
            .get_heads(request)
            .await?
            .into_inner();
        self.hub.chat_lives_in(&answer.epoch);
        for feed in feeds {
            let head = answer.heads.get(&feed.room.to_string());
            if let Some(head) = head.and_then(|head| Seq::try_from(head.seq).ok()) {
                self.hub.attend(&feed, feed.note_head(head));
            }
        }
        Ok(())
    }

    async fn memberships(&self, everybody: Vec<UserId>) -> Result<(), Status> {
        for batch in everybody.chunks(PEOPLE_PER_CALL) {
            let request = GetMembershipsRequest {
                user_ids: batch.iter().map(ToString::to_string).collect(),
            };
            let answer = self.hub.chat.client().get_memberships(request).await?;
            let answer = answer.into_inner();
            self.hub.chat_lives_in(&answer.epoch);
            for person in answer.people {
                if let Ok(user) = person.user_id.parse() {
                    self.hub.compare(user, &person);
                }
            }
            sleep(PAUSE).await;
        }
        Ok(())
    }
}
