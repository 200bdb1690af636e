//! A held subscriber gets what its hold does not have, and goes live.

use std::sync::Arc;

use tonic::Status;

use super::Hub;
use crate::domain::Seq;
use crate::live::connection::Connection;
use crate::live::feed::{Feed, Passage, Release};
use crate::live::frames::CloseCode;
use crate::live::outlet::Closed;

/// Events that are asked for at a time where one connection reads them: they are in memory until it has.
pub(crate) const PAGE: i32 = 50;
/// A subscriber that is behind after so many rounds reads too slowly for its room.
const MOST_ROUNDS: usize = 200;

/// Why a subscriber did not go live.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotCaughtUp {
    #[error("chat does not answer: {}", .0.message())]
    Chat(#[from] Status),
    #[error("the connection is closing")]
    Closed,
    #[error("the room moves faster than the connection")]
    TooSlow,
}

impl NotCaughtUp {
    /// Closes the connection, which would miss events otherwise.
    pub(crate) fn close(&self, connection: &Connection, what: &'static str) {
        match self {
            Self::Closed => {}
            Self::TooSlow => {
                tracing::debug!(error = %self, "{what}");
                connection.outlet.close(CloseCode::SlowReader);
            }
            Self::Chat(_) => {
                tracing::warn!(error = %self, "{what}");
                connection.outlet.close(CloseCode::GoingAway);
            }
        }
    }
}

impl From<Closed> for NotCaughtUp {
    fn from(_: Closed) -> Self {
        Self::Closed
    }
}

impl Hub {
    /// Lets a held subscriber that has everything up to `at` go live. What its hold does not have
    /// comes from chat.
    pub(crate) async fn go_live(
        self: &Arc<Self>,
        connection: &Arc<Connection>,
        feed: &Arc<Feed>,
        mut at: Seq,
    ) -> Result<(), NotCaughtUp> {
        self.attend(feed, feed.open(at));
        for _ in 0..MOST_ROUNDS {
            match self.release(connection, feed, at) {
                Release::Live | Release::Removed(_) | Release::Gone => return Ok(()),
                Release::Missing => {}
            }
            let missing = self.events_after(feed.room, at, PAGE).await?;
            for event in missing.events {
                let Some(passage) = Passage::encode(event, None) else {
                    continue;
                };
                if passage.seq <= at {
                    continue;
                }
                at = passage.seq;
                let ends = passage.ends_for(connection.user);
                connection.outlet.push_in_turn(passage.frame).await?;
                if ends {
                    feed.remove(connection);
                    self.ended(connection, feed, at);
                    return Ok(());
                }
            }
        }
        Err(NotCaughtUp::TooSlow)
    }
}
