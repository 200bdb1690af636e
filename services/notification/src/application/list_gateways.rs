//! Which gateways there are, and how many people each has.

use super::Registrations;
use crate::domain::Lease;

/// The gateways, as far as they are known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// Whether the registry answers and knows every gateway that is there. If not, nothing may be
    /// concluded from who is missing.
    pub fresh: bool,
    /// Those whose lease lives.
    pub leases: Vec<Lease>,
}

impl Registrations {
    /// Everybody who holds a lease. With the registry away nobody is known.
    pub async fn list_gateways(&self) -> Roll {
        match self.registry.lookup(&[]).await {
            Ok(lookup) => Roll {
                fresh: self.directory.believes(&lookup),
                leases: lookup.leases,
            },
            Err(away) => {
                tracing::debug!(error = %away, "gateways can't be listed");
                Roll::default()
            }
        }
    }
}
