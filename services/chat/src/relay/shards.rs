//! Which shards are ours, and what is being done with each.

use std::collections::BTreeSet;

use parking_lot::Mutex;
use tokio::time::Instant;
use uuid::Uuid;

use super::{patience::Patience, prefix::Progress};
use crate::application::ports::Shard;

/// Keys of one send that are left alone on their own. More at once means that the log is away, not
/// that some rooms cannot be published, and the whole shard rests.
const FEW_KEYS: usize = 8;
/// Keys that are left alone on their own at the same time.
const MOST_KEYS: usize = 128;

/// Shared between the keeper, who claims and gives up, and the dispatcher, who sends.
#[derive(Debug)]
pub(super) struct Shards {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    owned: BTreeSet<Shard>,
    busy: BTreeSet<Shard>,
    shards: Patience<Shard>,
    keys: Patience<Uuid>,
}

/// What may be read and sent now.
#[derive(Debug)]
pub(super) struct Ready {
    /// Our shards that are neither busy nor resting.
    pub shards: Vec<Shard>,
    /// Keys that rest.
    pub except: Vec<Uuid>,
}

impl Shards {
    pub(super) fn none() -> Self {
        Self {
            state: Mutex::new(State {
                owned: BTreeSet::new(),
                busy: BTreeSet::new(),
                shards: Patience::new(),
                keys: Patience::new(),
            }),
        }
    }

    pub(super) fn owned(&self) -> BTreeSet<Shard> {
        self.state.lock().owned.clone()
    }

    /// This is ours from now on.
    pub(super) fn claimed(&self, shard: Shard) {
        self.state.lock().owned.insert(shard);
    }

    /// Nothing is ours any more. Sends in flight go on; see the relay's invariant. What failed is
    /// forgotten: others may send it meanwhile, and then no success of ours would ever forget it.
    pub(super) fn lost(&self) {
        let mut state = self.state.lock();
        state.owned.clear();
        state.shards = Patience::new();
        state.keys = Patience::new();
    }

    /// Takes up to `count` shards away for which nothing is in flight, so that their next owner sends
    /// nothing twice.
    pub(super) fn give_up(&self, count: usize) -> Vec<Shard> {
        let mut state = self.state.lock();
        let idle = state.owned.difference(&state.busy).copied();
        let given_up: Vec<Shard> = idle.take(count).collect();
        for shard in &given_up {
            state.owned.remove(shard);
            state.shards.succeeded(shard);
        }
        state
            .keys
            .retain(|key| !given_up.contains(&Shard::of(*key)));
        given_up
    }

    pub(super) fn ready(&self, now: Instant) -> Ready {
        let state = self.state.lock();
        let idle = state.owned.difference(&state.busy);
        Ready {
            shards: idle
                .filter(|shard| !state.shards.rests(shard, now))
                .copied()
                .collect(),
            except: state.keys.resting(now).copied().collect(),
        }
    }

    /// A send begins. False if the shard was given up since its rows were read.
    pub(super) fn begin(&self, shard: Shard) -> bool {
        let mut state = self.state.lock();
        state.owned.contains(&shard) && state.busy.insert(shard)
    }

    /// A send is over. `sent` are the keys of its rows, in order. Whatever got on, if only by a row,
    /// rests as after a first failure.
    pub(super) fn finish(&self, shard: Shard, sent: &[Uuid], progress: &Progress, now: Instant) {
        let mut state = self.state.lock();
        state.busy.remove(&shard);
        for row in &progress.done {
            state.keys.succeeded(&sent[*row]);
        }
        if progress.stuck.is_empty() || !progress.done.is_empty() {
            state.shards.succeeded(&shard);
        }
        if !state.owned.contains(&shard) {
            return;
        }
        let stuck = progress.stuck.len();
        if stuck > FEW_KEYS || (stuck > 0 && state.keys.len() + stuck > MOST_KEYS) {
            state.shards.failed(shard, now);
        } else {
            for key in &progress.stuck {
                state.keys.failed(*key, now);
            }
        }
    }

    /// Rows could not be removed: the same send would only be repeated at once.
    pub(super) fn finish_later(&self, shard: Shard, now: Instant) {
        let mut state = self.state.lock();
        state.busy.remove(&shard);
        state.shards.failed(shard, now);
    }

    /// When something that rests may be tried again.
    pub(super) fn next_attempt(&self, now: Instant) -> Option<Instant> {
        let state = self.state.lock();
        let ends = [state.shards.next_end(now), state.keys.next_end(now)];
        ends.into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard() -> Shard {
        Shard::numbered(7).unwrap()
    }

    fn stuck(keys: usize) -> Progress {
        Progress {
            done: Vec::new(),
            stuck: (0..keys as u128).map(Uuid::from_u128).collect(),
        }
    }

    #[test]
    fn a_busy_shard_is_not_given_up() {
        let shards = Shards::none();
        shards.claimed(shard());
        assert!(shards.begin(shard()));
        assert!(shards.give_up(1).is_empty());
        shards.finish(shard(), &[], &Progress::default(), Instant::now());
        assert_eq!(shards.give_up(1), [shard()]);
        assert!(
            !shards.begin(shard()),
            "rows read before are not sent after"
        );
    }

    #[test]
    fn a_room_that_cannot_be_sent_rests_alone() {
        let shards = Shards::none();
        let now = Instant::now();
        shards.claimed(shard());
        shards.begin(shard());
        shards.finish(shard(), &[Uuid::from_u128(0)], &stuck(1), now);
        let ready = shards.ready(now);
        assert_eq!(ready.shards, [shard()]);
        assert_eq!(ready.except, [Uuid::from_u128(0)]);
        assert!(shards.next_attempt(now).is_some());
    }

    #[test]
    fn what_failed_is_forgotten_with_its_shard() {
        let shards = Shards::none();
        let (room, now) = (Uuid::from_u128(0), Instant::now());
        let fail = || {
            shards.claimed(Shard::of(room));
            shards.begin(Shard::of(room));
            shards.finish(Shard::of(room), &[room], &stuck(1), now);
            assert_eq!(shards.ready(now).except, [room]);
        };
        fail();
        shards.give_up(1);
        assert!(shards.ready(now).except.is_empty());
        fail();
        shards.lost();
        assert!(shards.ready(now).except.is_empty());
    }

    #[test]
    fn when_many_rooms_fail_the_whole_shard_rests() {
        let shards = Shards::none();
        let now = Instant::now();
        shards.claimed(shard());
        shards.begin(shard());
        shards.finish(shard(), &[], &stuck(FEW_KEYS + 1), now);
        let ready = shards.ready(now);
        assert!(ready.shards.is_empty());
        assert!(ready.except.is_empty());
    }
}
