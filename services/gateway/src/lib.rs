//! The edge: REST, WebSockets, room feeds.

pub mod domain;
pub mod wire;
