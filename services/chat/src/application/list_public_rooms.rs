//! Rooms that anyone may join.

use super::{
    Application, Context, Error, Handle, Page, Paged, Request, page::searched, ports::RoomView,
};
use crate::domain::{Title, UserId};

/// Public rooms whose title begins with the query, by title.
#[derive(Debug)]
pub struct ListPublicRooms {
    /// Who asks: the rooms tell whether they are in them.
    pub caller: UserId,
    /// Capitals do not count; empty finds all.
    pub query: String,
    /// Which page.
    pub page: Page,
}

impl Request for ListPublicRooms {
    type Answer = Paged<RoomView>;
    const NAME: &'static str = "list_public_rooms";
}

impl Handle<ListPublicRooms> for Application {
    async fn handle(
        &self,
        _: &Context,
        request: &ListPublicRooms,
    ) -> Result<Paged<RoomView>, Error> {
        let Page { limit, cursor } = &request.page;
        let after = cursor.as_ref().map(super::Cursor::key);
        let prefix = Title::stored(searched(&request.query)).key();
        let mut snapshot = self.store.snapshot().await?;
        let rooms = snapshot
            .public_rooms(request.caller, &prefix, after, limit.and_one())
            .await?;
        Ok(Paged::cut(rooms, *limit, |view| {
            view.room.description.title.key()
        }))
    }
}
