//! What a caller may know of a room.

use super::{
    Error, Thing,
    ports::{Snapshot, StoreError},
};
use crate::domain::{Membership, Refusal, Room, RoomId, UserId, Visibility};

/// The answer to somebody who is not in the room: a private one does not exist for them.
pub(super) fn outsider(room: &Room) -> Error {
    match room.description.visibility {
        Visibility::Private => Error::NotFound(Thing::Room),
        Visibility::Public => Error::Refused(Refusal::NotAMember),
    }
}

/// The room and the caller's place in it; fails for everybody outside.
pub(super) async fn as_member(
    snapshot: &mut dyn Snapshot,
    room: RoomId,
    caller: UserId,
) -> Result<(Room, Membership), Error> {
    let room = snapshot
        .room(room)
        .await?
        .ok_or(Error::NotFound(Thing::Room))?;
    let membership = snapshot.membership(room.id, caller).await?;
    match membership {
        Some(membership) => Ok((room, membership)),
        None => Err(outsider(&room)),
    }
}

/// The caller's place in a room whose row is locked.
pub(super) async fn place_in(
    snapshot: &mut dyn Snapshot,
    room: &Room,
    caller: UserId,
) -> Result<Membership, Error> {
    let membership: Result<_, StoreError> = snapshot.membership(room.id, caller).await;
    membership?.ok_or_else(|| outsider(room))
}
