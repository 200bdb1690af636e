use async_trait::async_trait;
use bytes::Bytes;
use time::OffsetDateTime;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use super::StoreError;

/// Number of shards of the outbox; stored rows depend on it.
pub const SHARDS: u16 = 64;

/// A part of the outbox: all rows of the keys that hash to it. It has one owner at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shard(u16);

impl Shard {
    /// The shard of a record key (a room's or a person's id).
    pub fn of(key: Uuid) -> Self {
        let hash = xxh3_64(key.as_bytes()) % u64::from(SHARDS);
        Self(u16::try_from(hash).expect("a remainder of SHARDS fits its type"))
    }

    /// All shards.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..SHARDS).map(Self)
    }

    /// Its number, from 0.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The shard with this number; `None` from [`SHARDS`] on.
    pub const fn numbered(number: u16) -> Option<Self> {
        if number < SHARDS {
            Some(Self(number))
        } else {
            None
        }
    }
}

/// Where a row stands in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OutboxPlace {
    /// Its shard.
    pub shard: Shard,
    /// Rises along the rows of one key.
    pub position: i64,
}

/// A committed fact that is still to be published.
#[derive(Clone, Debug)]
pub struct OutboxRow {
    /// Where it stands.
    pub place: OutboxPlace,
    /// The record key: room id or user id.
    pub key: Uuid,
    /// Id of the event.
    pub event_id: Uuid,
    /// `CloudEvents` type of the event.
    pub event_type: String,
    /// The protobuf message of `chappe.event.v1`.
    pub payload: Bytes,
    /// W3C trace context of the request that caused it.
    pub traceparent: Option<String>,
    /// When it happened.
    pub at: OffsetDateTime,
}

/// How much is still to be published.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backlog {
    /// Rows of all shards.
    pub rows: u64,
    /// When the oldest of them happened.
    pub oldest: Option<OffsetDateTime>,
}

/// Facts between their commit and their publication.
///
/// Invariant: of one key, rows become visible in the order of their positions. A position is given
/// under the lock of the key's room (for joins and leaves also: of the person), which is held until
/// the commit; so no row of a key ever appears before one that was seen already. Moved read positions
/// alone are written without a lock; they only ever grow, and need no order. Between keys nothing is
/// promised: positions are given before the commit, and a row with a lower one may appear later.
/// Therefore the relay asks for what is *pending*, never for what comes after a position, and removes
/// exactly the rows that were acknowledged: per key always a prefix of what it was given.
///
/// Two owners of a shard (one lost its lock and does not know yet) publish the same rows from the same
/// first pending one, each in order; consumers drop what is not newer.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Opens a competition for shards, which lasts until the value is dropped.
    async fn ownership(&self) -> Result<Box<dyn ShardOwnership>, StoreError>;

    /// The first rows of each of these shards, at most `per_shard` of each, by shard and position.
    /// Rows of the keys in `except` (few) are left out: what cannot be sent must not fill its shard's
    /// share and starve the other rooms.
    async fn pending(
        &self,
        shards: &[Shard],
        except: &[Uuid],
        per_shard: u32,
    ) -> Result<Vec<OutboxRow>, StoreError>;

    /// Forgets rows that were published.
    async fn remove(&self, places: &[OutboxPlace]) -> Result<(), StoreError>;

    /// How much is pending in all shards.
    async fn backlog(&self) -> Result<Backlog, StoreError>;

    /// Returns when rows may have come since the last call, from this process or another one. May
    /// miss some: poll slowly besides. For one caller.
    async fn woken(&self);
}

/// A replica's part in the competition for shards. Any error means that all shards are lost: drop it
/// and open a new one.
#[async_trait]
pub trait ShardOwnership: Send {
    /// How many replicas compete, this one included. Also shows that the claims still stand.
    async fn replicas(&mut self) -> Result<u32, StoreError>;

    /// Takes the shard if nobody has it; answers whether it is ours now.
    async fn try_claim(&mut self, shard: Shard) -> Result<bool, StoreError>;

    /// Leaves the shard to others.
    async fn release(&mut self, shard: Shard) -> Result<(), StoreError>;
}
