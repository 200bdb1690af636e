//! Slows down guessing of passwords.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use time::OffsetDateTime;

use super::Error;
use crate::domain::Username;

/// Failures that cost nothing: people mistype.
const FREE: u32 = 10;
/// The wait after the first failure beyond; each further one doubles it.
const FIRST_WAIT: Duration = Duration::from_secs(2);
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// Failures are forgotten so long after the last one.
const MEMORY: Duration = Duration::from_mins(15);
/// Names remembered; beyond, the least tried are forgotten first.
const NAMES: u64 = 100_000;

/// Remembers failed log-ins by username, known or not. Each replica has its own: guessing against
/// several of them multiplies the rate by their number, and no more.
pub(super) struct LogInThrottle {
    failures: Cache<Username, Arc<Failures>>,
}

#[derive(Clone, Copy)]
struct Failures {
    count: u32,
    last: OffsetDateTime,
}

impl Failures {
    fn wait(self) -> Duration {
        match self.count.checked_sub(FREE) {
            None => Duration::ZERO,
            Some(beyond) => FIRST_WAIT
                .saturating_mul(2_u32.saturating_pow(beyond))
                .min(LONGEST_WAIT),
        }
    }
}

impl Default for LogInThrottle {
    fn default() -> Self {
        Self {
            failures: Cache::builder()
                .max_capacity(NAMES)
                .time_to_idle(MEMORY)
                .build(),
        }
    }
}

impl LogInThrottle {
    /// Admits an attempt and counts it as failed until [`LogInThrottle::succeeded`]: attempts at the
    /// same time cannot slip through together.
    pub(super) fn attempt(&self, name: &Username, now: OffsetDateTime) -> Result<(), Error> {
        let mut refused = None;
        self.failures.entry_by_ref(name).and_upsert_with(|entry| {
            let known = entry
                .map(|entry| **entry.value())
                .filter(|failures| now - failures.last < MEMORY)
                .unwrap_or(Failures {
                    count: 0,
                    last: now,
                });
            let over = known.last + known.wait();
            if over > now {
                refused = (over - now).try_into().ok();
                return Arc::new(known);
            }
            Arc::new(Failures {
                count: known.count.saturating_add(1),
                last: now,
            })
        });
        match refused {
            Some(retry_after) => Err(Error::TooManyAttempts { retry_after }),
            None => Ok(()),
        }
    }

    /// The person has shown the password: earlier failures were theirs.
    pub(super) fn succeeded(&self, name: &Username) {
        self.failures.invalidate(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_is_slowed_down_and_a_success_forgives() {
        let throttle = LogInThrottle::default();
        let name: Username = "anna".parse().unwrap();
        let mut now = OffsetDateTime::UNIX_EPOCH;
        for _ in 0..FREE {
            throttle.attempt(&name, now).unwrap();
        }
        let refused = throttle.attempt(&name, now).unwrap_err();
        assert_eq!(refused.retry_after(), Some(FIRST_WAIT));

        now += FIRST_WAIT;
        throttle.attempt(&name, now).unwrap();
        let refused = throttle.attempt(&name, now).unwrap_err();
        assert_eq!(refused.retry_after(), Some(FIRST_WAIT * 2));

        throttle.succeeded(&name);
        throttle.attempt(&name, now).unwrap();
        throttle.attempt(&"bert".parse().unwrap(), now).unwrap();
    }
}
