//! When a connection has to be looked at although nothing moves.

use std::time::Duration;

use tokio::time::Instant;

use crate::live::frames::CloseCode;

const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// The client is told so long before its session ends.
const WARN_BEFORE: Duration = Duration::from_mins(1);
const MOST_UNANSWERED: u8 = 2;
/// A session without an end in sight; timers can't wait for longer.
const LONGEST: Duration = Duration::from_hours(24 * 365);

pub(super) struct Timers {
    heartbeat: Duration,
    /// The end of the wait for `hello`, then the next ping.
    beat_at: Instant,
    greeted: bool,
    unanswered: u8,
    expires_at: Instant,
    warn_at: Option<Instant>,
}

/// What is to be done now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Ping,
    /// The session ends in this time.
    Expiring(Duration),
    Close(CloseCode),
}

impl Timers {
    pub(super) fn new(now: Instant, session: time::Duration, heartbeat: Duration) -> Self {
        let mut timers = Self {
            heartbeat,
            beat_at: now + HELLO_WITHIN,
            greeted: false,
            unanswered: 0,
            expires_at: now,
            warn_at: None,
        };
        timers.renew(now, session);
        timers
    }

    pub(super) fn next(&self) -> Instant {
        let ends = self.warn_at.unwrap_or(self.expires_at);
        self.beat_at.min(ends)
    }

    /// The session lasts so long from now.
    pub(super) fn renew(&mut self, now: Instant, session: time::Duration) {
        let session = Duration::try_from(session).unwrap_or_default().min(LONGEST);
        self.expires_at = now + session;
        self.warn_at = session.checked_sub(WARN_BEFORE).map(|wait| now + wait);
        if self.warn_at.is_none() && session > WARN_BEFORE / 2 {
            self.warn_at = Some(now);
        }
    }

    /// `hello` came. Pings begin at a random moment, so that those who came together do not beat
    /// together.
    pub(super) fn greeted(&mut self, now: Instant) {
        self.greeted = true;
        self.beat_at = now + self.heartbeat.mul_f32(rand::random_range(0.5..1.0));
    }

    /// The client is there.
    pub(super) fn answered(&mut self) {
        self.unanswered = 0;
    }

    pub(super) fn due(&mut self, now: Instant) -> Due {
        if now >= self.expires_at {
            return Due::Close(CloseCode::NotAuthenticated);
        }
        if self.warn_at.is_some_and(|warn_at| now >= warn_at) {
            self.warn_at = None;
            return Due::Expiring(self.expires_at - now);
        }
        if now < self.beat_at {
            return Due::Nothing;
        }
        if !self.greeted {
            return Due::Close(CloseCode::NoHello);
        }
        if self.unanswered >= MOST_UNANSWERED {
            return Due::Close(CloseCode::SlowReader);
        }
        self.unanswered += 1;
        self.beat_at = now + self.heartbeat;
        Due::Ping
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEARTBEAT: Duration = Duration::from_secs(25);

    fn after(timers: &mut Timers, start: Instant, seconds: u64) -> Due {
        timers.due(start + Duration::from_secs(seconds))
    }

    #[tokio::test]
    async fn without_a_hello_the_connection_ends_after_10_seconds() {
        let start = Instant::now();
        let mut timers = Timers::new(start, time::Duration::hours(1), HEARTBEAT);
        assert_eq!(after(&mut timers, start, 9), Due::Nothing);
        let end = after(&mut timers, start, 10);
        assert_eq!(end, Due::Close(CloseCode::NoHello));
    }

    #[tokio::test]
    async fn two_unanswered_pings_end_the_connection() {
        let start = Instant::now();
        let mut timers = Timers::new(start, time::Duration::hours(1), HEARTBEAT);
        timers.greeted(start);
        assert_eq!(after(&mut timers, start, 25), Due::Ping);
        assert_eq!(after(&mut timers, start, 50), Due::Ping);
        timers.answered();
        assert_eq!(after(&mut timers, start, 75), Due::Ping);
        assert_eq!(after(&mut timers, start, 100), Due::Ping);
        let end = after(&mut timers, start, 125);
        assert_eq!(end, Due::Close(CloseCode::SlowReader));
    }

    #[tokio::test]
    async fn a_session_ends_after_a_warning_unless_it_is_renewed() {
        let start = Instant::now();
        let mut timers = Timers::new(start, time::Duration::minutes(5), HEARTBEAT);
        timers.greeted(start);
        timers.beat_at = start + LONGEST;
        let warned = after(&mut timers, start, 240);
        assert_eq!(warned, Due::Expiring(Duration::from_mins(1)));
        timers.renew(start + Duration::from_secs(250), time::Duration::minutes(5));
        assert_eq!(after(&mut timers, start, 300), Due::Nothing);
        assert!(matches!(after(&mut timers, start, 490), Due::Expiring(_)));
        let end = after(&mut timers, start, 550);
        assert_eq!(end, Due::Close(CloseCode::NotAuthenticated));
    }
}
