//! What is published, and what is received.

use bytes::Bytes;
use time::OffsetDateTime;

/// The largest value that a record may have, in bytes. Below Kafka's default limit of 1 MiB for a
/// whole batch, so that both adapters refuse the same records.
pub const MAX_VALUE_BYTES: usize = 900 * 1024;

/// What a record is about: the attributes of a `CloudEvent` in binary mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloudEvent {
    /// Unique within the source.
    pub id: String,
    /// Who says it, e.g. `/chappe/chat`.
    pub source: String,
    /// What kind of event it is; tells how the value is decoded.
    pub r#type: String,
    /// What the event is about within the source.
    pub subject: Option<String>,
    /// When it happened.
    pub time: OffsetDateTime,
    /// W3C trace context of the span that sent it.
    pub traceparent: Option<String>,
}

/// A record as it is published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Records of one key keep their order.
    pub key: String,
    /// What the record is about.
    pub event: CloudEvent,
    /// The encoded event (protobuf), at most [`MAX_VALUE_BYTES`].
    pub value: Bytes,
    /// Further headers, kept as they are.
    pub headers: Vec<(String, String)>,
}

impl Record {
    /// A record without further headers.
    pub fn new(key: impl Into<String>, event: CloudEvent, value: impl Into<Bytes>) -> Self {
        Self {
            key: key.into(),
            event,
            value: value.into(),
            headers: Vec::new(),
        }
    }
}

/// A record as a consumer gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The topic it was published to.
    pub topic: String,
    /// The partition its key belongs to.
    pub partition: i32,
    /// Its place in the partition; grows, not always by one.
    pub offset: i64,
    /// The record, or what was found in its place.
    pub record: Result<Record, Malformed>,
}

/// Something in the log that is not a [`Record`]: its headers are not those of a `CloudEvent`.
/// It belongs to the dead letters ([`crate::dead_letter()`]).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Malformed {
    /// Why it is none.
    pub reason: String,
    /// Its key, as far as it is text.
    pub key: String,
    /// Its headers, as far as they are text.
    pub headers: Vec<(String, String)>,
    /// Its value.
    pub value: Bytes,
    /// When the log took it.
    pub time: OffsetDateTime,
}
