//! What people can do: one file per use case, named by intent.
//!
//! A request is a plain struct; [`Handle`] answers it. [`Service`] is what inbound adapters hold:
//! every use case behind one decorator for traces and metrics and one for repetition after a
//! conflict. Asking for a request that nobody handles does not compile.
//!
//! ```text
//! Observed( Retried( Application ) )
//! ```

mod access;
mod context;
mod error;
mod gather;
mod handle;
mod observed;
mod page;
mod posting;
mod retried;
mod room_change;
mod throttle;

pub mod ports;

pub mod create_room;
pub mod delete_room;
pub mod fill_gap;
pub mod get_heads;
pub mod get_memberships;
pub mod get_message;
pub mod get_room;
pub mod get_user;
pub mod issue_ticket;
pub mod join_room;
pub mod leave_room;
pub mod list_events;
pub mod list_members;
pub mod list_public_rooms;
pub mod list_rooms;
pub mod log_in;
pub mod log_out;
pub mod mark_read;
pub mod open_direct_room;
pub mod post_bridged_message;
pub mod put_member;
pub mod read_history;
pub mod refresh_session;
pub mod register;
pub mod remove_member;
pub mod resume;
pub mod search_people;
pub mod send_message;
pub mod session;
pub mod update_profile;
pub mod update_room;

use std::sync::Arc;

pub use context::{Context, Contexts};
pub use error::{Error, Kind, Thing};
pub use handle::{Handle, Request};
pub use observed::Observed;
pub use page::{Cursor, Limit, Page, Paged};
pub use posting::Sent;
pub use retried::Retried;
pub use session::Session;

use gather::Gathering;
use ports::{Passwords, Store, Tokens};
use throttle::LogInThrottle;

/// All use cases, as inbound adapters call them.
pub type Service = Observed<Retried<Application>>;

/// The use cases with what they need.
pub struct Application {
    store: Arc<dyn Store>,
    passwords: Arc<dyn Passwords>,
    tokens: Arc<dyn Tokens>,
    sends: Gathering,
    log_ins: LogInThrottle,
}

impl Application {
    /// Puts the use cases together. Must be called within a Tokio runtime: sends are gathered by
    /// tasks, which end when the service is dropped and what was accepted is committed.
    pub fn start(
        store: Arc<dyn Store>,
        passwords: Arc<dyn Passwords>,
        tokens: Arc<dyn Tokens>,
    ) -> Service {
        let sends = Gathering::start(&store);
        let log_ins = LogInThrottle::default();
        Observed::new(Retried::new(Self {
            store,
            passwords,
            tokens,
            sends,
            log_ins,
        }))
    }
}
