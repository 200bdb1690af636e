//! Adding people and giving roles.

use super::{
    Application, Context, Error, Handle, Request, Thing, access::place_in, join_room::admit,
    room_change::RoomChange,
};
use crate::domain::{EventBody, Role, RoomId, UserId, UserKind, may_put};

/// Makes sure that somebody is in the room in this role.
#[derive(Debug)]
pub struct PutMember {
    /// Who asks.
    pub caller: UserId,
    /// Which room.
    pub room: RoomId,
    /// Who is to be in it.
    pub user: UserId,
    /// As what.
    pub role: Role,
}

impl Request for PutMember {
    type Answer = ();
    const NAME: &'static str = "put_member";
}

impl Handle<PutMember> for Application {
    async fn handle(&self, context: &Context, request: &PutMember) -> Result<(), Error> {
        let PutMember {
            caller,
            room,
            user,
            role,
        } = *request;
        let mut transaction = self.store.begin().await?;
        let mut change = RoomChange::lock(context, &mut *transaction, room).await?;
        let my = place_in(&mut *transaction, change.room(), caller).await?;
        let current = transaction.membership(room, user).await?.map(|m| m.role);
        let owners = transaction.owners(room).await?;
        may_put(
            change.room().description.kind,
            my.role,
            current,
            role,
            owners,
        )?;

        match current {
            Some(current) if current == role => return Ok(()),
            Some(_) => {
                transaction.set_role(room, user, role).await?;
                change.happened(caller, EventBody::MemberRoleChanged { user, role });
            }
            None => {
                let user = transaction.user(user).await?.map(|user| user.reference);
                let user = user.filter(|user| user.kind != UserKind::Bridged);
                let user = user.ok_or(Error::NotFound(Thing::User))?;
                admit(context, &mut *transaction, &mut change, caller, user, role).await?;
            }
        }
        change.record(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(())
    }
}
