//! Showing somebody the door.

use super::{
    Application, Context, Error, Handle, Request, Thing,
    access::place_in,
    leave_room::{leave, part},
    room_change::RoomChange,
};
use crate::domain::{RoomId, UserId, may_remove};

/// Removes somebody from a room. To remove oneself is to leave.
#[derive(Debug)]
pub struct RemoveMember {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// Who is to go.
    pub user: UserId,
}

impl Request for RemoveMember {
    type Answer = ();
    const NAME: &'static str = "remove_member";
}

impl Handle<RemoveMember> for Application {
    async fn handle(&self, context: &Context, request: &RemoveMember) -> Result<(), Error> {
        let RemoveMember { caller, room, user } = *request;
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, room).await?;
        if user == caller {
            leave(context, &mut *transaction, &mut change, user).await?;
        } else {
            let my = place_in(&mut *transaction, change.room(), caller).await?;
            let target = transaction.membership(room, user).await?;
            let target = target.ok_or(Error::NotFound(Thing::Member))?;
            may_remove(change.room().description.kind, my.role, target.role)?;
            part(&mut *transaction, &mut change, caller, user).await?;
        }
        change.record(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
