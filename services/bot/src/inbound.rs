//! What reaches the bots from inside Chappe.

pub mod bots_file;
pub mod events;
pub mod grpc;
