//! A bot's three movements, of which there may be several in a process ([`keep_bots`], [`work`]): it listens to Telegram, hands on what it heard, and tells Telegram what
//! was written in the rooms.
//!
//! ```text
//! Telegram ──listen──▶ ledger ──hand on──▶ telegram.messages.v1 ──▶ chat
//!    ▲                   ▲                                           │
//!    └──────tell─────────┴──── arrived ◀──── chat.events.v1 ◀────────┘
//! ```

pub mod error;
pub mod hand_on;
pub mod keep_bots;
pub mod listen;
pub mod ports;
pub mod status;
pub mod tell;
pub mod work;
