//! The event log: topics of keyed records, read by consumer groups.
//!
//! One port ([`Bus`], [`Publisher`], [`Consumer`]) and two adapters that pass one contract suite:
//! [`embedded()`], a durable log in a `SQLite` file for the single binary, and [`kafka()`].
//!
//! What a consumer may rely on, in both:
//! - records of one key arrive in the order in which they were published;
//! - a record that was not committed is delivered again (after a crash, a drop, a [`Consumer::rewind`]);
//!   so a record may arrive twice, and whoever handles it drops what it has seen;
//! - a record that can't be understood is handed out too, as [`Malformed`], so that it can be put
//!   aside with [`dead_letter()`] and never stops its partition.

mod dead_letter;
mod embedded;
mod error;
mod headers;
mod kafka;
mod metrics;
mod port;
mod record;
mod settings;

pub use dead_letter::{DEAD_LETTER_REASON, dead_letter, dead_letter_topic};
pub use embedded::embedded;
pub use error::{BusError, ConsumeError, PublishError};
pub use kafka::{
    Authorities, Identity, KafkaSettings, KafkaTopics, Sasl, SaslMechanism, Security, Tls,
    TopicState, kafka,
};
pub use port::{Bus, Consumer, Publisher};
pub use record::{CloudEvent, MAX_VALUE_BYTES, Malformed, Received, Record};
pub use settings::{BusUrl, Mechanism, Settings};
