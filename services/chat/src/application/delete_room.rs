//! The end of a room.

use super::{
    Application, Context, Error, Handle, Request, access::place_in, ports::Transaction,
    room_change::RoomChange,
};
use crate::domain::{EventBody, RoomId, UserId, may_delete};

/// Deletes a room: nobody is in it any more, nobody finds it, its title is free.
#[derive(Debug)]
pub struct DeleteRoom {
    /// Who asks: an owner.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
}

impl Request for DeleteRoom {
    type Answer = ();
    const NAME: &'static str = "delete_room";
}

impl Handle<DeleteRoom> for Application {
    async fn handle(&self, context: &Context, request: &DeleteRoom) -> Result<(), Error> {
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, request.room).await?;
        let my = place_in(&mut *transaction, change.room(), request.caller).await?;
        may_delete(change.room().description.kind, my.role)?;

        end(context, &mut *transaction, &mut change, request.caller).await?;
        change.record(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Ends the room for all who are still in it.
pub(super) async fn end(
    context: &Context,
    transaction: &mut dyn Transaction,
    change: &mut RoomChange<'_>,
    actor: UserId,
) -> Result<(), Error> {
    let room = change.room().id;
    let seq = change.happened(actor, EventBody::RoomDeleted);
    for (user, version) in transaction.remove_all_members(room).await? {
        change.removed(user, seq, version);
    }
    Ok(transaction.delete_room(room, context.now).await?)
}
