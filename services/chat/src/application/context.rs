//! What a use case knows of its moment.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::ports::{Clock, Ids};
use crate::domain::EventId;

/// Time, fresh ids and the trace of one request.
#[derive(Clone)]
pub struct Context {
    /// When the request is handled, in whole milliseconds: what the protocol can tell.
    pub now: OffsetDateTime,
    /// W3C trace context of the use case's span; the outbox keeps it.
    pub traceparent: Option<String>,
    ids: Arc<dyn Ids>,
}

impl Context {
    /// A fresh `UUIDv7`.
    pub fn id(&self) -> Uuid {
        self.ids.id()
    }

    /// Names a new event.
    pub fn event_id(&self) -> EventId {
        EventId::new(self.id())
    }

    /// 32 bytes that nobody can guess.
    pub fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }
}

/// Makes a [`Context`] for each request.
#[derive(Clone)]
pub struct Contexts {
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl Contexts {
    /// Contexts of this clock and these ids.
    pub fn new(clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { clock, ids }
    }

    /// The context of a request that is handled now.
    pub fn begin(&self) -> Context {
        let now = self.clock.now();
        let now = now - Duration::nanoseconds(i64::from(now.nanosecond() % 1_000_000));
        Context {
            now,
            traceparent: None,
            ids: Arc::clone(&self.ids),
        }
    }
}
