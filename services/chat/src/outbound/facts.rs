//! What a transaction records, as rows of the events table and of the outbox.

use prost::Message as _;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    application::ports::{Changes, Shard},
    domain::Epoch,
    wire,
};

/// A row of the outbox; with a `seq` also one of the events table.
pub(super) struct Fact {
    pub shard: Shard,
    /// Room id or user id.
    pub key: Uuid,
    pub seq: Option<i64>,
    pub event_id: Uuid,
    pub event_type: &'static str,
    pub payload: Vec<u8>,
    pub traceparent: Option<String>,
    pub at: OffsetDateTime,
}

/// All facts of a transaction in the order of the outbox.
pub(super) fn facts(changes: &Changes, epoch: Epoch) -> Vec<Fact> {
    let rooms = changes.events.iter().map(|traced| {
        let event = &traced.event;
        let encoded = wire::room_event(event, epoch);
        Fact {
            shard: Shard::of(event.room.uuid()),
            key: event.room.uuid(),
            seq: Some(event.seq().get()),
            event_id: event.id.uuid(),
            event_type: proto::topics::room_event_type(&encoded).expect("every body has a type"),
            payload: encoded.encode_to_vec(),
            traceparent: traced.traceparent.clone(),
            at: event.at,
        }
    });
    let people = changes.personal.iter().map(|traced| {
        let event = &traced.event;
        let encoded = wire::personal_event(event, epoch);
        Fact {
            shard: Shard::of(event.user.uuid()),
            key: event.user.uuid(),
            seq: None,
            event_id: event.id.uuid(),
            event_type: proto::topics::personal_event_type(&encoded)
                .expect("every body has a type"),
            payload: encoded.encode_to_vec(),
            traceparent: traced.traceparent.clone(),
            at: event.at,
        }
    });
    rooms.chain(people).collect()
}

/// A set of shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ShardSet(u64);

impl ShardSet {
    pub(super) const fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    pub(super) const fn bits(self) -> u64 {
        self.0
    }

    pub(super) fn insert(&mut self, shard: Shard) {
        self.0 |= 1 << shard.number();
    }

    pub(super) fn remove(&mut self, shard: Shard) {
        self.0 &= !(1 << shard.number());
    }

    pub(super) const fn contains(self, shard: Shard) -> bool {
        self.0 & (1 << shard.number()) != 0
    }

    pub(super) const fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) const fn exceeds(self, other: Self) -> bool {
        self.0 & !other.0 != 0
    }
}
