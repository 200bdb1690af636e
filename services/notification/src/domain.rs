//! What has a meaning has a type: topics and their digest, gateways and their lives, leases. Pure:
//! no I/O, no clock.

mod digest;
mod gateway;
mod interest;
mod lease;
mod topic;

pub use digest::Digest;
pub use gateway::{Address, BadAddress, BadGatewayId, BootEpoch, Gateway, GatewayId, Incarnation};
pub use interest::{Change, Step};
pub use lease::{LEASE, Lease, Report, ServerTime};
pub use topic::{BadTopic, Topic};
