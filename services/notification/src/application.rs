//! What notification does: one file per use case, and the ports it needs.

mod beat;
mod change_interest;
mod directory;
mod error;
mod keep_registry;
mod leave;
mod list_gateways;
mod metrics;
pub mod ports;
mod redeem_ticket;
mod register_gateway;
mod registrations;
mod route_events;
mod used_tickets;

pub use beat::Beaten;
pub use directory::Directory;
pub use error::Error;
pub use keep_registry::KeepRegistry;
pub use list_gateways::Roll;
pub use metrics::Metrics;
pub use register_gateway::Attachment;
pub use registrations::Registrations;
pub use route_events::{Event, Hold, Links, Pending, RouteEvents};
