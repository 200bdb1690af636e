//! The operator against a real Kubernetes API: its controllers, with neighbours that say what a test
//! wants. Needs a cluster of one node that has the image of its own pause container.

#![allow(clippy::unwrap_used)]

mod bots;
mod definitions;
mod gateways;
mod messenger;
mod neighbours;
mod world;
