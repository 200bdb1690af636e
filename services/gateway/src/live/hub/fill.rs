//! Gaps of feeds are filled from chat: once for all subscribers.

use std::sync::Arc;
use std::time::Duration;

use proto::chat::{FillGapRequest, FillGapResponse};
use tokio::time::sleep;
use tonic::{Code, Status};

use super::Hub;
use crate::domain::{RoomId, Seq};
use crate::live::feed::{Feed, Passage};

/// Events of one call: they go to all subscribers at once, and nobody waits for a reader.
const MOST_PER_CALL: i32 = 500;
/// Failures in a row before the gap is left to the next comparison of heads.
const MOST_FAILURES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_millis(50);

impl Hub {
    /// Fills the feed's gap in the background.
    pub(super) fn fill(self: &Arc<Self>, feed: Arc<Feed>) {
        let hub = self.clone();
        self.metrics.gap();
        tokio::spawn(async move { hub.fill_now(&feed).await });
    }

    async fn fill_now(self: &Arc<Self>, feed: &Arc<Feed>) {
        let mut failures = 0;
        while let Some(after) = feed.gap() {
            let failed = match self.events_after(feed.room, after, MOST_PER_CALL).await {
                Ok(answer) => {
                    let head = answer.head.and_then(|head| Seq::try_from(head.seq).ok());
                    for event in answer.events {
                        if let Some(passage) = Passage::encode(event, None) {
                            self.attend(feed, feed.note(passage));
                        }
                    }
                    let moved = feed.passed() > after;
                    if !moved && let Some(head) = head {
                        feed.nothing_beyond(head);
                    }
                    !moved
                }
                Err(status) if status.code() == Code::NotFound => {
                    for connection in feed.remove_all() {
                        self.left(&connection, feed);
                    }
                    true
                }
                Err(status) => {
                    tracing::warn!(room = %feed.room, reason = status.message(), "a gap can't be filled");
                    true
                }
            };
            failures = if failed { failures + 1 } else { 0 };
            if failures >= MOST_FAILURES {
                feed.fill_failed();
                self.reconcile_all();
                return;
            }
            if failed {
                sleep(FIRST_PAUSE * 2_u32.pow(failures - 1)).await;
            }
        }
    }

    /// The first events of a room after this position.
    pub(super) async fn events_after(
        &self,
        room: RoomId,
        after: Seq,
        most: i32,
    ) -> Result<FillGapResponse, Status> {
        let request = FillGapRequest {
            room_id: room.to_string(),
            after: after.get(),
            limit: most,
        };
        let answer = self.chat.client().fill_gap(request).await?.into_inner();
        self.chat_lives_in(&answer.epoch);
        Ok(answer)
    }
}
