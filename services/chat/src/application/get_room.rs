//! One room.

use super::{Application, Context, Error, Handle, Request, Thing, ports::RoomView};
use crate::domain::{RoomId, UserId, Visibility};

/// A room as the caller sees it: one they are in, or a public one.
#[derive(Debug)]
pub struct GetRoom {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
}

impl Request for GetRoom {
    type Answer = RoomView;
    const NAME: &'static str = "get_room";
}

impl Handle<GetRoom> for Application {
    async fn handle(&self, _: &Context, request: &GetRoom) -> Result<RoomView, Error> {
        let view = self
            .store
            .snapshot()
            .await?
            .room_view(request.room, request.caller)
            .await?;
        view.filter(|view| {
            view.my.is_some() || view.room.description.visibility == Visibility::Public
        })
        .ok_or(Error::NotFound(Thing::Room))
    }
}
