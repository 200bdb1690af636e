//! What comes in: calls of gateways, and records of the event log.

mod events;
mod grpc;

pub use events::EventConsumer;
pub use grpc::RegistryServer;
