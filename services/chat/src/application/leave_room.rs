//! Leaving by own decision.

use super::{
    Application, Context, Error, Handle, Request, access::place_in, delete_room::end,
    ports::Transaction, room_change::RoomChange,
};
use crate::domain::{EventBody, Leaving, RoomId, UserId, leaving};

/// Leaves a room. The last owner names another one first; with its last member a room ends.
#[derive(Debug)]
pub struct LeaveRoom {
    /// Who leaves.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
}

impl Request for LeaveRoom {
    type Answer = ();
    const NAME: &'static str = "leave_room";
}

impl Handle<LeaveRoom> for Application {
    async fn handle(&self, context: &Context, request: &LeaveRoom) -> Result<(), Error> {
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, request.room).await?;
        leave(context, &mut *transaction, &mut change, request.caller).await?;
        change.record(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Lets somebody go who wants to.
pub(super) async fn leave(
    context: &Context,
    transaction: &mut dyn Transaction,
    change: &mut RoomChange<'_>,
    user: UserId,
) -> Result<(), Error> {
    let my = place_in(transaction, change.room(), user).await?;
    let owners = transaction.owners(change.room().id).await?;
    let kind = change.room().description.kind;
    let outcome = leaving(kind, my.role, owners, change.room().member_count)?;

    part(transaction, change, user, user).await?;
    if outcome == Leaving::RoomEnds {
        end(context, transaction, change, user).await?;
    }
    Ok(())
}

/// Takes somebody out of the room: `member.left` is the last that they see of it.
pub(super) async fn part(
    transaction: &mut dyn Transaction,
    change: &mut RoomChange<'_>,
    actor: UserId,
    user: UserId,
) -> Result<(), Error> {
    let version = transaction.remove_member(change.room().id, user).await?;
    let seq = change.happened(actor, EventBody::MemberLeft { user });
    change.removed(user, seq, version);
    Ok(())
}
