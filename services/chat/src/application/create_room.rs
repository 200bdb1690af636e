//! A new room.

use std::collections::{BTreeSet, HashMap};

use super::{
    Application, Context, Error, Handle, Request,
    ports::{Newcomer, RoomView, Transaction},
    room_change::RoomChange,
};
use crate::domain::{
    Count, Head, Invalid, Role, Room, RoomDescription, RoomId, RoomKind, UserId, UserKind, UserRef,
    events_of_a_new_room,
};

/// Most people that a room can be opened with; more are added later.
const MOST_MEMBERS: usize = 1_000;

/// Opens a group or a channel; the caller becomes its owner.
#[derive(Debug)]
pub struct CreateRoom {
    /// Who opens it.
    pub caller: UserId,
    /// Title, kind and visibility; not a direct room.
    pub description: RoomDescription,
    /// Who else is in it from the start, in the role of newcomers.
    pub members: Vec<UserId>,
}

impl Request for CreateRoom {
    type Answer = RoomView;
    const NAME: &'static str = "create_room";
}

impl Handle<CreateRoom> for Application {
    async fn handle(&self, context: &Context, request: &CreateRoom) -> Result<RoomView, Error> {
        let description = &request.description;
        if description.kind == RoomKind::Direct {
            return Err(Invalid::new("kind", "bad_value", "must be group or channel").into());
        }
        let others: BTreeSet<_> = request
            .members
            .iter()
            .copied()
            .filter(|id| *id != request.caller)
            .collect();
        if others.len() > MOST_MEMBERS {
            let detail = format!("must name at most {MOST_MEMBERS} people");
            return Err(Invalid::new("member_ids", "too_long", detail).into());
        }

        let mut transaction = self.store.begin().await?;
        if let Some(key) = description.unique_title()
            && transaction.room_titled(&key).await?.is_some()
        {
            return Err(Error::TitleTaken);
        }
        let newcomer = description.kind.newcomer();
        let roles: Vec<_> = std::iter::once((request.caller, Role::Owner))
            .chain(others.into_iter().map(|id| (id, newcomer)))
            .collect();
        let members = people(&mut *transaction, &roles).await?;

        let room = new_room(context, description.clone());
        transaction.add_room(&room, None).await?;
        let view = open(context, &mut *transaction, room, request.caller, &members).await?;
        transaction.commit().await?;
        Ok(view)
    }
}

pub(super) fn new_room(context: &Context, description: RoomDescription) -> Room {
    Room {
        id: RoomId::new(context.id()),
        description,
        created_at: context.now,
        head: Head::default(),
        member_count: 0,
    }
}

/// The people with these ids, in this order; all must exist and be able to read.
pub(super) async fn people(
    transaction: &mut dyn Transaction,
    roles: &[(UserId, Role)],
) -> Result<Vec<(UserRef, Role)>, Error> {
    let ids: Vec<_> = roles.iter().map(|(id, _)| *id).collect();
    let known = transaction.users(&ids).await?;
    let mut known: HashMap<_, _> = known.into_iter().map(|user| (user.id, user)).collect();
    roles
        .iter()
        .map(|(id, role)| {
            let user = known
                .remove(id)
                .filter(|user| user.kind != UserKind::Bridged);
            let user = user.ok_or_else(|| {
                Invalid::new(
                    "member_ids",
                    "unknown_user",
                    format!("name nobody with id {id}"),
                )
            })?;
            Ok((user, *role))
        })
        .collect()
}

/// Lets the members into a room that was just added, and tells them.
pub(super) async fn open(
    context: &Context,
    transaction: &mut dyn Transaction,
    room: Room,
    creator: UserId,
    members: &[(UserRef, Role)],
) -> Result<RoomView, Error> {
    let id = room.id;
    let description = room.description.clone();
    let newcomers: Vec<_> = members
        .iter()
        .map(|(user, role)| Newcomer {
            user: user.id,
            role: *role,
        })
        .collect();
    let versions = transaction
        .add_members(id, &newcomers, Count::ZERO, context.now)
        .await?;
    let versions: HashMap<_, _> = versions.into_iter().collect();

    let mut change = RoomChange::of(context, room);
    let seqs: Vec<_> = events_of_a_new_room(&description, members)
        .map(|body| change.happened(creator, body))
        .collect();
    for ((user, _), seq) in members.iter().zip(&seqs[1..]) {
        change.added(user.id, *seq, versions[&user.id]);
    }
    change.record(transaction).await?;

    let view = transaction.room_view(id, creator).await?;
    view.ok_or_else(|| Error::Broken(format!("room {id} is not there after it was added")))
}
