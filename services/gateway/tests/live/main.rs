//! The live side as clients meet it, over TCP: with a chat that keeps rooms in memory, a registry that
//! notes everything, and a router whose deliveries the test decides.

// What fails in a test's helper fails the test.
#![allow(clippy::unwrap_used, unreachable_pub)]

mod chat;
mod client;
mod credentials;
mod draining;
mod frames;
mod joining;
mod memberships;
mod order;
mod registry;
mod requests;
mod schema;
mod slow_readers;
mod world;
