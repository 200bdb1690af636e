//! What is decided, apart from how it is seen and done: pure and synchronous.

pub mod bots_file;
mod digest;
pub mod gateways;
pub mod migration;
pub mod scaling;
pub mod topics;
