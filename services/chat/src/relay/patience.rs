//! How long to leave alone what could not be sent.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

/// The first pause; each further failure in a row doubles it.
const SHORTEST: Duration = Duration::from_millis(50);
/// The longest pause, and so the longest that a recovered log waits for us.
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses of things that failed, each growing with the failures in a row.
#[derive(Debug)]
pub(super) struct Patience<K> {
    pauses: BTreeMap<K, Pause>,
}

#[derive(Debug)]
struct Pause {
    failures: u32,
    until: Instant,
}

impl<K: Ord + Clone> Patience<K> {
    pub(super) fn new() -> Self {
        Self {
            pauses: BTreeMap::new(),
        }
    }

    /// Notes a failure: `key` is left alone for a while.
    pub(super) fn failed(&mut self, key: K, now: Instant) {
        let pause = self.pauses.entry(key).or_insert(Pause {
            failures: 0,
            until: now,
        });
        pause.failures = pause.failures.saturating_add(1);
        pause.until = now + length(pause.failures);
    }

    /// Notes a success: the next failure is a first one again.
    pub(super) fn succeeded(&mut self, key: &K) {
        self.pauses.remove(key);
    }

    /// Forgets the failures of all other keys.
    pub(super) fn retain(&mut self, keep: impl Fn(&K) -> bool) {
        self.pauses.retain(|key, _| keep(key));
    }

    /// Whether `key` is to be left alone.
    pub(super) fn rests(&self, key: &K, now: Instant) -> bool {
        self.pauses.get(key).is_some_and(|pause| pause.until > now)
    }

    /// All that are to be left alone.
    pub(super) fn resting(&self, now: Instant) -> impl Iterator<Item = &K> {
        self.pauses
            .iter()
            .filter(move |(_, pause)| pause.until > now)
            .map(|(key, _)| key)
    }

    /// How many are known to have failed.
    pub(super) fn len(&self) -> usize {
        self.pauses.len()
    }

    /// When the next pause ends.
    pub(super) fn next_end(&self, now: Instant) -> Option<Instant> {
        let ends = self.pauses.values().map(|pause| pause.until);
        ends.filter(|until| *until > now).min()
    }
}

fn length(failures: u32) -> Duration {
    SHORTEST
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_a_second_and_a_success_forgets_them() {
        let mut patience = Patience::new();
        let now = Instant::now();
        let mut lengths = Vec::new();
        for _ in 0..7 {
            patience.failed("room", now);
            lengths.push((patience.next_end(now).unwrap() - now).as_millis());
        }
        assert_eq!(lengths, [50, 100, 200, 400, 800, 1000, 1000]);
        assert!(patience.rests(&"room", now));
        patience.succeeded(&"room");
        assert!(!patience.rests(&"room", now));
        patience.failed("room", now);
        assert_eq!(patience.next_end(now), Some(now + SHORTEST));
    }
}
