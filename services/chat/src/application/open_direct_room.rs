//! Two people talk.

use super::{
    Application, Context, Error, Handle, Request, Thing,
    create_room::{new_room, open},
    ports::{DirectPair, RoomView},
};
use crate::domain::{Invalid, RoomDescription, RoomKind, Title, UserId, UserKind, Visibility};

/// The room of the caller and another person, opened if it is not there yet. There is one per pair.
#[derive(Debug)]
pub struct OpenDirectRoom {
    /// Who asks.
    pub caller: UserId,
    /// The other one.
    pub other: UserId,
}

/// The one room of two people.
#[derive(Clone, Debug)]
pub struct DirectRoom {
    /// As the caller sees it.
    pub view: RoomView,
    /// Whether this request opened it.
    pub created: bool,
}

impl Request for OpenDirectRoom {
    type Answer = DirectRoom;
    const NAME: &'static str = "open_direct_room";
}

impl Handle<OpenDirectRoom> for Application {
    async fn handle(
        &self,
        context: &Context,
        request: &OpenDirectRoom,
    ) -> Result<DirectRoom, Error> {
        let OpenDirectRoom { caller, other } = *request;
        if caller == other {
            return Err(Invalid::new("user_id", "bad_value", "must be another person").into());
        }
        let mut transaction = self.store.begin().await?;
        let pair = DirectPair::of(caller, other);
        if let Some(room) = transaction.direct_room(pair).await? {
            let view = transaction.room_view(room, caller).await?;
            let view = view.ok_or(Error::NotFound(Thing::Room))?;
            return Ok(DirectRoom {
                view,
                created: false,
            });
        }

        let mut members = Vec::with_capacity(2);
        for id in [caller, other] {
            let user = transaction.user(id).await?;
            let user = user.filter(|user| user.reference.kind != UserKind::Bridged);
            let user = user.ok_or(Error::NotFound(Thing::User))?;
            members.push((user.reference, RoomKind::Direct.newcomer()));
        }
        let description = RoomDescription {
            title: Title::none(),
            topic: None,
            kind: RoomKind::Direct,
            visibility: Visibility::Private,
        };
        let room = new_room(context, description);
        transaction.add_room(&room, Some(pair)).await?;
        let view = open(context, &mut *transaction, room, caller, &members).await?;
        transaction.commit().await?;
        Ok(DirectRoom {
            view,
            created: true,
        })
    }
}
