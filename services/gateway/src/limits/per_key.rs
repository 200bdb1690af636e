//! One rate for each of many keys, in bounded memory.

use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

/// Some 20 MiB at most. Beyond it those that asked least recently are forgotten, and begin anew.
const KEYS: u64 = 100_000;
/// By then every quota is full again.
const FORGET_AFTER: Duration = Duration::from_mins(2);

/// Counts per key.
pub(super) struct PerKey<K> {
    quota: Quota,
    counters: Cache<K, Arc<DefaultDirectRateLimiter>>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Send + Sync + 'static> PerKey<K> {
    /// The same quota for each key.
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            quota,
            counters: Cache::builder()
                .max_capacity(KEYS)
                // The default policy would not take in new keys while it is full.
                .eviction_policy(EvictionPolicy::lru())
                .time_to_idle(FORGET_AFTER)
                .build(),
            clock: DefaultClock::default(),
        }
    }

    /// Counts one; the error is how long to wait.
    pub(super) fn check(&self, key: K) -> Result<(), Duration> {
        let counter = self
            .counters
            .get_with(key, || Arc::new(RateLimiter::direct(self.quota)));
        counter
            .check()
            .map_err(|refused| refused.wait_time_from(self.clock.now()))
    }
}
