//! My rooms.

use super::{Application, Context, Error, Handle, Page, Paged, Request, ports::RoomView};
use crate::domain::UserId;

/// The rooms the caller is in, newest first.
#[derive(Debug)]
pub struct ListRooms {
    /// Whose rooms.
    pub caller: UserId,
    /// Which page.
    pub page: Page,
}

impl Request for ListRooms {
    type Answer = Paged<RoomView>;
    const NAME: &'static str = "list_rooms";
}

impl Handle<ListRooms> for Application {
    async fn handle(&self, _: &Context, request: &ListRooms) -> Result<Paged<RoomView>, Error> {
        let Page { limit, cursor } = &request.page;
        let after = cursor.as_ref().map(super::Cursor::id).transpose()?;
        let mut snapshot = self.store.snapshot().await?;
        let rooms = snapshot
            .rooms_of(request.caller, after, limit.and_one())
            .await?;
        Ok(Paged::cut(rooms, *limit, |view| view.room.id))
    }
}
