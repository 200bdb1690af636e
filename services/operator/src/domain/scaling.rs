//! How many gateways there should be.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::resources::messenger::Scaling;

/// Gateways that these connections need: with headroom, within the bounds.
pub fn needed(scaling: &Scaling, connections: u64) -> i32 {
    let percent = 100 + u64::try_from(scaling.headroom_percent).unwrap_or_default();
    let target = u64::try_from(scaling.target_connections_per_pod)
        .unwrap_or(1)
        .max(1);
    let gateways = connections.saturating_mul(percent).div_ceil(100 * target);
    i32::try_from(gateways)
        .unwrap_or(i32::MAX)
        .clamp(scaling.min, scaling.max.max(scaling.min))
}

/// What was needed of late: connections come and go in waves, and a gateway that leaves costs all of its
/// connections a reconnect.
#[derive(Debug, Default)]
pub struct Recent {
    /// Falling: an observation that a later one exceeds decides nothing any more.
    highest: VecDeque<(Instant, i32)>,
    since: Option<Instant>,
}

impl Recent {
    /// Notes what is needed now, and answers how many gateways were enough for all of `span`. `None`
    /// while that is not known: nothing has been seen for so long.
    pub fn note(&mut self, now: Instant, needed: i32, span: Duration) -> Option<i32> {
        let since = *self.since.get_or_insert(now);
        while self
            .highest
            .back()
            .is_some_and(|&(_, earlier)| earlier < needed)
        {
            self.highest.pop_back();
        }
        if self.highest.back().is_none_or(|&(_, same)| same != needed) {
            self.highest.push_back((now, needed));
        }
        // Each holds until the next.
        while let Some(&(next, _)) = self.highest.get(1)
            && now.duration_since(next) >= span
        {
            self.highest.pop_front();
        }
        (now.duration_since(since) >= span)
            .then(|| self.highest.front().map_or(needed, |&(_, highest)| highest))
    }

    /// What was seen is of no use any more: the counts could not be relied on meanwhile.
    pub fn forget(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scaling() -> Scaling {
        Scaling {
            min: 2,
            max: 10,
            target_connections_per_pod: 1000,
            headroom_percent: 20,
            ..Scaling::default()
        }
    }

    #[test]
    fn connections_and_headroom_say_how_many_are_needed() {
        for (connections, gateways) in [
            (0, 2),
            (1666, 2),
            (1667, 3),
            (4000, 5),
            (1_000_000, 10),
            (u64::MAX, 10),
        ] {
            assert_eq!(needed(&scaling(), connections), gateways, "{connections}");
        }
    }

    #[test]
    fn fewer_are_enough_only_after_the_whole_span() {
        let (mut recent, begin) = (Recent::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let span = Duration::from_mins(1);
        assert_eq!(recent.note(at(0), 4, span), None);
        assert_eq!(recent.note(at(30), 2, span), None);
        assert_eq!(recent.note(at(59), 2, span), None);
        assert_eq!(recent.note(at(60), 2, span), Some(4));
        assert_eq!(recent.note(at(90), 2, span), Some(2));
    }

    #[test]
    fn a_wave_within_the_span_keeps_its_gateways() {
        let (mut recent, begin) = (Recent::default(), Instant::now());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let span = Duration::from_mins(1);
        recent.note(at(0), 2, span);
        recent.note(at(50), 5, span);
        assert_eq!(recent.note(at(70), 2, span), Some(5));
        assert_eq!(recent.note(at(129), 2, span), Some(5));
        assert_eq!(recent.note(at(130), 2, span), Some(2));
    }

    #[test]
    fn after_a_time_without_counts_it_begins_anew() {
        let (mut recent, begin) = (Recent::default(), Instant::now());
        let span = Duration::from_mins(1);
        recent.note(begin, 2, span);
        recent.forget();
        assert_eq!(recent.note(begin + span, 2, span), None);
    }

    #[test]
    fn without_a_span_the_present_decides() {
        let mut recent = Recent::default();
        let now = Instant::now();
        assert_eq!(recent.note(now, 4, Duration::ZERO), Some(4));
        assert_eq!(
            recent.note(now + Duration::from_secs(1), 2, Duration::ZERO),
            Some(2)
        );
    }
}
