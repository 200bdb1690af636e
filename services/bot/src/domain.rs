//! Bridges, what is heard in Telegram, and how a room's message reads there. Pure.

pub mod assignment;
pub mod bot;
pub mod bridge;
pub mod event;
pub mod heard;
pub mod telling;
