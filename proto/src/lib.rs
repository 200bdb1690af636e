//! The wire contract between services: generated from the `.proto` files beside this crate.
//!
//! `src/generated` is checked in; `tests/generated.rs` fails when it differs from the `.proto` files
//! and rewrites it when it is run with `UPDATE=1`.

pub mod bots_file;
pub mod topics;

#[allow(clippy::all, clippy::pedantic, missing_docs, unreachable_pub)]
mod generated {
    pub mod bot {
        pub mod v1 {
            include!("generated/chappe.bot.v1.rs");
        }
    }
    pub mod chat {
        pub mod v1 {
            include!("generated/chappe.chat.v1.rs");
        }
    }
    pub mod event {
        pub mod v1 {
            include!("generated/chappe.event.v1.rs");
        }
    }
    pub mod gateway {
        pub mod v1 {
            include!("generated/chappe.gateway.v1.rs");
        }
    }
    pub mod notification {
        pub mod v1 {
            include!("generated/chappe.notification.v1.rs");
        }
    }
    pub mod telegram {
        pub mod v1 {
            include!("generated/chappe.telegram.v1.rs");
        }
    }
}

/// bot: how its bots are doing.
pub use generated::bot::v1 as bot;
/// chat: commands and queries on people, rooms and messages.
pub use generated::chat::v1 as chat;
/// Facts about rooms and people.
pub use generated::event::v1 as event;
/// gateway: the delivery of events to its connections.
pub use generated::gateway::v1 as gateway;
/// notification: who is connected where.
pub use generated::notification::v1 as notification;
/// What a bridge hears in Telegram.
pub use generated::telegram::v1 as telegram;

/// The encoded descriptors of all packages, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!("generated/descriptors.bin");
