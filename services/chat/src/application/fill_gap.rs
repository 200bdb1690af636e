//! A room's sequence, for feeds and bridges.

use super::{Application, Context, Error, Handle, Limit, Request, Thing};
use crate::domain::{Epoch, Head, RoomEvent, RoomId, Seq};

/// The events of a room after a position, in order; also of a deleted room, whose last events are still
/// to be passed on. Without a caller: for other services only.
#[derive(Debug)]
pub struct FillGap {
    /// Which room.
    pub room: RoomId,
    /// The last one that is known.
    pub after: Seq,
    /// How many at most.
    pub limit: Limit,
}

/// What a feed missed.
#[derive(Clone, Debug)]
pub struct Gap {
    /// In order, without gaps.
    pub events: Vec<RoomEvent>,
    /// Where the room stands at this moment.
    pub head: Head,
    /// The life of the database.
    pub epoch: Epoch,
}

impl Request for FillGap {
    type Answer = Gap;
    const NAME: &'static str = "fill_gap";
}

impl Handle<FillGap> for Application {
    async fn handle(&self, _: &Context, request: &FillGap) -> Result<Gap, Error> {
        let mut snapshot = self.store.snapshot().await?;
        let head = snapshot
            .head(request.room)
            .await?
            .ok_or(Error::NotFound(Thing::Room))?;
        let events = snapshot
            .events(request.room, request.after, request.limit.get())
            .await?;
        Ok(Gap {
            events,
            head,
            epoch: self.store.epoch(),
        })
    }
}
