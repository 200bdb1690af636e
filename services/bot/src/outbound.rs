//! The bot's neighbours: Telegram, its own store, the bus and chat.

pub mod heard_log;
pub mod ledger;
pub mod rooms;
pub mod system_clock;
pub mod telegram;
