//! A WebSocket ticket is used.

use std::time::Duration;

use time::OffsetDateTime;

use super::{Error, Registrations};

/// No ticket is remembered for longer, whatever it says itself.
const LONGEST: Duration = Duration::from_hours(1);

impl Registrations {
    /// Whether this is the ticket's first use. With the registry away only uses by way of this
    /// process are known: chat's signature and the ticket's short life bound what that lets through.
    pub async fn redeem_ticket(&self, ticket: &str, ends: OffsetDateTime) -> Result<bool, Error> {
        let now = self.clock.now();
        // Negative when it has ended.
        let Ok(lifetime) = Duration::try_from(ends - now) else {
            return Ok(false);
        };
        let lifetime = lifetime.min(LONGEST);
        if lifetime.is_zero() || !self.used_tickets.redeem(ticket, now, now + lifetime)? {
            return Ok(false);
        }
        match self.registry.redeem(ticket, lifetime).await {
            Ok(first) => Ok(first),
            Err(away) => {
                tracing::warn!(error = %away, "ticket accepted, its use noted in this process only");
                Ok(true)
            }
        }
    }
}
