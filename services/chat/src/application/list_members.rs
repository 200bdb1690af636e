//! Who is in a room.

use super::{Application, Context, Error, Handle, Page, Paged, Request, access::as_member};
use crate::domain::{Member, RoomId, UserId};

/// The members of a room, for its members.
#[derive(Debug)]
pub struct ListMembers {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// Which page.
    pub page: Page,
}

impl Request for ListMembers {
    type Answer = Paged<Member>;
    const NAME: &'static str = "list_members";
}

impl Handle<ListMembers> for Application {
    async fn handle(&self, _: &Context, request: &ListMembers) -> Result<Paged<Member>, Error> {
        let Page { limit, cursor } = &request.page;
        let after = cursor.as_ref().map(super::Cursor::id).transpose()?;
        let mut snapshot = self.store.snapshot().await?;
        as_member(&mut *snapshot, request.room, request.caller).await?;
        let members = snapshot
            .members(request.room, after, limit.and_one())
            .await?;
        Ok(Paged::cut(members, *limit, |member| member.user.id))
    }
}
