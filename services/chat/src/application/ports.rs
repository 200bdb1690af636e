//! What the use cases need from outside: a store, passwords, tokens, a clock.
//!
//! The store is used through units of work. A [`Snapshot`] answers questions about one moment; a
//! [`Transaction`] also changes things, all or nothing. The use cases hold the order of steps; the
//! adapters hold one function per question.

mod clock;
mod events;
mod members;
mod messages;
mod outbox;
mod passwords;
mod people;
mod rooms;
mod sessions;
mod tokens;

use async_trait::async_trait;
use secrecy::SecretString;

pub use clock::{Clock, Ids};
pub use events::{Changes, FindEvents, Missing, ReadPosition, RecordEvents, Traced};
pub use members::{ChangeMembers, FindMembers, Newcomer};
pub use messages::{FindMessages, Poster, Window};
pub use outbox::{Backlog, Outbox, OutboxPlace, OutboxRow, SHARDS, Shard, ShardOwnership};
pub use passwords::{PasswordError, Passwords};
pub use people::{ChangePeople, Credentials, FindPeople};
pub use rooms::{ChangeRooms, DirectPair, FindRooms, MembershipHead, PersonMemberships, RoomView};
pub use sessions::{ChangeSessions, Exchange, RefreshToken, TokenHash};
pub use tokens::{AccessToken, Ticket, Tokens};

use crate::domain::Epoch;

/// Where everything is kept.
#[async_trait]
pub trait Store: Send + Sync {
    /// The life of the database that this process opened.
    fn epoch(&self) -> Epoch;

    /// One moment to ask about. Writers are neither waited for nor held up.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Begins a change. What is not committed when it is dropped has not happened.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StoreError>;

    /// The key that signs tokens (PKCS#8 PEM): the stored one, else `candidate`, which is stored. All
    /// replicas get the same.
    async fn signing_key_or_insert(
        &self,
        candidate: &SecretString,
    ) -> Result<SecretString, StoreError>;

    /// Whether the store answers.
    async fn healthy(&self) -> Result<(), StoreError>;
}

/// Questions about one moment.
pub trait Snapshot:
    FindPeople + FindRooms + FindMembers + FindMessages + FindEvents + Send
{
}

/// Changes that happen together or not at all.
///
/// Locks are taken in one order, so that two transactions never wait for each other: rooms by id,
/// then people by id.
#[async_trait]
pub trait Transaction:
    Snapshot + ChangePeople + ChangeSessions + ChangeRooms + ChangeMembers + RecordEvents
{
    /// Makes the changes durable, then wakes the relay of what is in the outbox.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Somebody else changed the same at the same time; the transaction is lost, and a repetition
    /// sees the other's change.
    #[error("another transaction changed the same: {0}")]
    Conflict(#[source] BoxError),
    /// The store cannot be reached, or answers too late. Whether a commit happened is not known.
    #[error("the store does not answer: {0}")]
    Unavailable(#[source] BoxError),
    /// The store holds, or was told, something that cannot be: a defect.
    #[error("the store holds what cannot be: {0}")]
    Broken(#[source] BoxError),
}

/// An adapter's own error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
