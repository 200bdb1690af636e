use async_trait::async_trait;

use super::StoreError;
use crate::domain::{Count, Head, Message, PersonalEvent, RoomEvent, RoomId, Seq, UserId};

/// A fact, with the trace of the request that caused it.
#[derive(Clone, Debug)]
pub struct Traced<E> {
    /// What happened.
    pub event: E,
    /// W3C trace context; the outbox keeps it.
    pub traceparent: Option<String>,
}

/// How far somebody has read a room.
#[derive(Clone, Copy, Debug)]
pub struct ReadPosition {
    /// Which room.
    pub room: RoomId,
    /// Who.
    pub user: UserId,
    /// Up to which message.
    pub read_n: Count,
}

/// What a transaction adds to rooms that it has locked.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The last head of each changed room.
    pub heads: Vec<(RoomId, Head)>,
    /// In the order of the outbox: within a room by seq.
    pub events: Vec<Traced<RoomEvent>>,
    /// The messages among them.
    pub messages: Vec<Message>,
    /// Read positions that move forward with the messages.
    pub reads: Vec<ReadPosition>,
    /// After the room events in the outbox.
    pub personal: Vec<Traced<PersonalEvent>>,
}

/// A stretch of one room's events: those after `after`, up to and with `up_to`.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// Which room.
    pub room: RoomId,
    /// The last one that is known.
    pub after: Seq,
    /// The last one that is wanted.
    pub up_to: Seq,
}

/// Questions about what happened.
#[async_trait]
pub trait FindEvents {
    /// The first `limit` events after `after`, in order.
    async fn events(
        &mut self,
        room: RoomId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<RoomEvent>, StoreError>;

    /// How many bytes the events of each stretch have, as they are stored.
    async fn sizes(&mut self, stretches: &[Missing]) -> Result<Vec<u64>, StoreError>;

    /// The events of all stretches, stretch by stretch, in order.
    async fn missing(&mut self, stretches: &[Missing]) -> Result<Vec<RoomEvent>, StoreError>;
}

/// The one way by which facts are written.
#[async_trait]
pub trait RecordEvents {
    /// Writes events, messages, heads, read positions, and every event into the outbox. The rooms
    /// are locked by this transaction (or new), so outbox positions of a room rise with its seq.
    /// [`StoreError::Conflict`] when a message id was just taken in another room.
    async fn record(&mut self, changes: &Changes) -> Result<(), StoreError>;
}
