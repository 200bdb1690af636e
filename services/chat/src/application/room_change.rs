//! The one path by which rooms change.

use super::{
    Context, Error, Thing,
    ports::{Changes, Traced, Transaction},
};
use crate::domain::{
    EventBody, MembershipVersion, PersonalBody, PersonalEvent, Room, RoomEvent, RoomId, Seq, UserId,
};

/// A room under its lock, and what happens to it: gives out the sequence, collects the events.
pub(super) struct RoomChange<'a> {
    context: &'a Context,
    room: Room,
    changes: Changes,
}

impl<'a> RoomChange<'a> {
    /// Locks the room; [`Error::NotFound`] when there is none.
    pub(super) async fn lock(
        context: &'a Context,
        transaction: &mut dyn Transaction,
        room: RoomId,
    ) -> Result<Self, Error> {
        let locked = transaction.lock_rooms(&[room]).await?.pop();
        locked
            .map(|room| Self::of(context, room))
            .ok_or(Error::NotFound(Thing::Room))
    }

    /// A room that nobody else can see yet.
    pub(super) fn of(context: &'a Context, room: Room) -> Self {
        Self {
            context,
            room,
            changes: Changes::default(),
        }
    }

    pub(super) const fn room(&self) -> &Room {
        &self.room
    }

    /// Adds an event at the next seq.
    pub(super) fn happened(&mut self, actor: UserId, body: EventBody) -> Seq {
        self.room.head.seq = self.room.head.seq.next();
        self.changes.events.push(Traced {
            event: RoomEvent {
                id: self.context.event_id(),
                room: self.room.id,
                head: self.room.head,
                at: self.context.now,
                actor,
                body,
            },
            traceparent: self.context.traceparent.clone(),
        });
        self.room.head.seq
    }

    /// Tells a person's devices of a join.
    pub(super) fn added(&mut self, user: UserId, seq: Seq, version: MembershipVersion) {
        let room = self.room.id;
        self.tell(user, PersonalBody::RoomAdded { room, seq, version });
    }

    /// Tells a person's devices of a leave.
    pub(super) fn removed(&mut self, user: UserId, seq: Seq, version: MembershipVersion) {
        let room = self.room.id;
        self.tell(user, PersonalBody::RoomRemoved { room, seq, version });
    }

    /// Writes everything. The transaction is still to be committed.
    pub(super) async fn record(mut self, transaction: &mut dyn Transaction) -> Result<(), Error> {
        self.changes.heads.push((self.room.id, self.room.head));
        Ok(transaction.record(&self.changes).await?)
    }

    fn tell(&mut self, user: UserId, body: PersonalBody) {
        self.changes
            .personal
            .push(personal(self.context, user, body));
    }
}

/// A personal event of this moment.
pub(super) fn personal(
    context: &Context,
    user: UserId,
    body: PersonalBody,
) -> Traced<PersonalEvent> {
    Traced {
        event: PersonalEvent {
            id: context.event_id(),
            user,
            at: context.now,
            body,
        },
        traceparent: context.traceparent.clone(),
    }
}
