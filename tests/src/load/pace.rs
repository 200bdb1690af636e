//! The schedule of an open-loop load.

use std::{
    thread,
    time::{Duration, Instant},
};

use tokio::sync::mpsc;

use super::clock;

/// Yields the time at which each message is due, in nanoseconds, when it is due. A thread keeps the
/// time: the runtime's timers tick in milliseconds. Its queue is not bounded by the reader's speed,
/// for what comes late is late and not left out.
pub(super) fn every(rate: u32, duration: Duration) -> mpsc::UnboundedReceiver<u64> {
    let (due, schedule) = mpsc::unbounded_channel();
    let count = u64::from(rate) * duration.as_secs();
    thread::spawn(move || {
        let began = Instant::now();
        let origin = clock::now();
        for number in 0..count {
            let offset = Duration::from_nanos(number * 1_000_000_000 / u64::from(rate));
            if let Some(early) = offset.checked_sub(began.elapsed()) {
                thread::sleep(early);
            }
            if due.send(origin + clock::nanoseconds(offset)).is_err() {
                return;
            }
        }
    });
    schedule
}
