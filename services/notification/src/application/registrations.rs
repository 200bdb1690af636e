//! What gateways may do with their registration, and what may be asked about them; every verb has its own
//! file.

use std::sync::Arc;

use super::Directory;
use super::ports::{Clock, Registry};
use super::used_tickets::UsedTickets;

/// The use cases of the registry.
pub struct Registrations {
    pub(super) registry: Arc<dyn Registry>,
    pub(super) directory: Arc<Directory>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) used_tickets: UsedTickets,
}

impl Registrations {
    /// Registers in `registry`, and notes in `directory` who is attached to this process.
    pub fn new(
        registry: Arc<dyn Registry>,
        directory: Arc<Directory>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            registry,
            directory,
            clock,
            used_tickets: UsedTickets::default(),
        }
    }
}
