//! Joining by own decision.

use super::{
    Application, Context, Error, Handle, Request, Thing,
    ports::{Newcomer, Transaction},
    room_change::RoomChange,
};
use crate::domain::{EventBody, Role, RoomId, UserId, UserRef, may_join};

/// Joins a public room. Whoever is in it already stays as they are.
#[derive(Debug)]
pub struct JoinRoom {
    /// Who joins.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
}

impl Request for JoinRoom {
    type Answer = ();
    const NAME: &'static str = "join_room";
}

impl Handle<JoinRoom> for Application {
    async fn handle(&self, context: &Context, request: &JoinRoom) -> Result<(), Error> {
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, request.room).await?;
        if transaction
            .membership(request.room, request.caller)
            .await?
            .is_some()
        {
            return Ok(());
        }
        let role = may_join(change.room()).ok_or(Error::NotFound(Thing::Room))?;
        let user = transaction
            .user(request.caller)
            .await?
            .ok_or(Error::NotFound(Thing::User))?;

        let actor = request.caller;
        admit(
            context,
            &mut *transaction,
            &mut change,
            actor,
            user.reference,
            role,
        )
        .await?;
        change.record(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}

/// Lets somebody in: what was written before counts as read.
pub(super) async fn admit(
    context: &Context,
    transaction: &mut dyn Transaction,
    change: &mut RoomChange<'_>,
    actor: UserId,
    user: UserRef,
    role: Role,
) -> Result<(), Error> {
    let (room, read_n) = (change.room().id, change.room().head.n);
    let newcomer = Newcomer {
        user: user.id,
        role,
    };
    let versions = transaction
        .add_members(room, &[newcomer], read_n, context.now)
        .await?;
    let seq = change.happened(actor, EventBody::MemberJoined { user, role });
    for (user, version) in versions {
        change.added(user, seq, version);
    }
    Ok(())
}
