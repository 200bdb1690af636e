//! Chappe as its users meet it: worlds of real processes, clients that check the promise, and the
//! neighbours that Chappe talks to. The scenarios are in `tests/scenarios`, the load tool in `src/bin`.
//!
//! A [`World`] is either *embedded* (the one binary on `SQLite`) or *distributed* (two gateways, two
//! notifications, two chats and a bot on the Postgres, Redis and Kafka of `scripts/stack`). Both answer
//! the same questions, so a scenario is written once. [`cluster`] is the third world: the charts' on a
//! Kubernetes.

// A client makes its own message ids, and a test its own names.
#![allow(clippy::disallowed_methods)]

pub mod api;
pub mod cluster;
pub mod connection;
pub mod device;
pub mod eventually;
pub mod history;
pub mod load;
pub mod otlp;
pub mod pulse;
pub mod telegram;
pub mod world;

pub use api::{Answer, Api, Person};
pub use connection::Connection;
pub use device::Device;
pub use eventually::eventually;
pub use history::History;
pub use pulse::Pulse;
pub use world::{Kind, World};
