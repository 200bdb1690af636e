//! What reaches the bot from inside Chappe.

pub mod events;
