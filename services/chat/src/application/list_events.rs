//! A room's sequence, for its members.

use super::{Application, Context, Error, Handle, Limit, Request, access::as_member};
use crate::domain::{Head, RoomEvent, RoomId, Seq, UserId};

/// The events of a room after a position, in order.
#[derive(Debug)]
pub struct ListEvents {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// The last one that is known.
    pub after: Seq,
    /// How many at most.
    pub limit: Limit,
}

/// A stretch of a room's sequence.
#[derive(Clone, Debug)]
pub struct Events {
    /// In order, without gaps.
    pub events: Vec<RoomEvent>,
    /// Where the room stands at this moment.
    pub head: Head,
}

impl Request for ListEvents {
    type Answer = Events;
    const NAME: &'static str = "list_events";
}

impl Handle<ListEvents> for Application {
    async fn handle(&self, _: &Context, request: &ListEvents) -> Result<Events, Error> {
        let mut snapshot = self.store.snapshot().await?;
        let (room, _) = as_member(&mut *snapshot, request.room, request.caller).await?;
        let events = snapshot
            .events(room.id, request.after, request.limit.get())
            .await?;
        Ok(Events {
            events,
            head: room.head,
        })
    }
}
