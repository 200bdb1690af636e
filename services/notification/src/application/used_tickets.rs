//! The tickets that were used by way of this process.

use std::collections::HashMap;

use parking_lot::Mutex;
use time::OffsetDateTime;

use super::Error;

/// At most so many are remembered: 3,000 connections a second for the 30 s that a ticket lives.
const CAPACITY: usize = 100_000;

/// Stands in for the registry while that is away. Bounded.
#[derive(Default)]
pub(super) struct UsedTickets {
    ends: Mutex<HashMap<Box<str>, OffsetDateTime>>,
}

impl UsedTickets {
    /// Whether this is the ticket's first use here.
    pub(super) fn redeem(
        &self,
        ticket: &str,
        now: OffsetDateTime,
        ends: OffsetDateTime,
    ) -> Result<bool, Error> {
        let mut used = self.ends.lock();
        if used.contains_key(ticket) {
            return Ok(false);
        }
        if used.len() >= CAPACITY {
            used.retain(|_, ends| *ends > now);
        }
        if used.len() >= CAPACITY {
            return Err(Error::TooManyTickets);
        }
        used.insert(ticket.into(), ends);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    const NOW: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    #[test]
    fn a_ticket_is_used_once() {
        let used = UsedTickets::default();
        let ends = NOW + Duration::seconds(30);
        assert_eq!(used.redeem("a", NOW, ends), Ok(true));
        assert_eq!(used.redeem("a", NOW, ends), Ok(false));
        assert_eq!(used.redeem("b", NOW, ends), Ok(true));
    }

    #[test]
    fn a_full_memory_makes_room_by_what_has_ended_and_else_refuses() {
        let used = UsedTickets::default();
        let ends = NOW + Duration::seconds(30);
        for ticket in 0..CAPACITY {
            assert_eq!(used.redeem(&ticket.to_string(), NOW, ends), Ok(true));
        }
        assert_eq!(used.redeem("more", NOW, ends), Err(Error::TooManyTickets));
        assert_eq!(used.redeem("more", ends, ends + Duration::SECOND), Ok(true));
        assert!(used.ends.lock().len() < 2);
    }
}
