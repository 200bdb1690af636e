//! What waits to be written to one connection.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::{Duration, Instant, timeout};

use super::frames::{self, CloseCode};

/// More than the limit may wait for so long. A burst in a busy room goes over it in all queues of the
/// room before their readers had a turn, which says nothing about any of them.
const PATIENCE: Duration = Duration::from_secs(2);
/// What may ever wait, in limits. Frames are shared, so a burst costs its bytes once for all its readers.
const MOST_LIMITS: usize = 16;

/// Half of the queue has to become free within this time for what is written in turn: what follows is in
/// memory until then.
const IN_TURN_WITHIN: Duration = Duration::from_secs(30);

/// A queue of whole frames, bounded in bytes. A reader is slow when more than the limit has waited for
/// longer than [`PATIENCE`], or [`MOST_LIMITS`] times the limit at all; it is cut off with
/// [`CloseCode::SlowReader`]. Nobody ever waits for one, except its own replay.
///
/// Invariants:
/// - `bytes` is the length of all frames minus `written`, what was written of the first one;
/// - until it is closed, `over_since` is when `bytes` last went over the limit, and there only while it is
///   over;
/// - a frame that was written in part stays first until all of it is written, whatever happens;
/// - nothing follows a close frame.
pub(crate) struct Outlet {
    limit: usize,
    queue: Mutex<Queue>,
    writer: AtomicWaker,
    space: Notify,
}

#[derive(Default)]
struct Queue {
    frames: VecDeque<Bytes>,
    bytes: usize,
    written: usize,
    over_since: Option<Instant>,
    /// Bytes at the front are being written just now, so the queue may only grow at its end.
    writing: bool,
    /// What waits is to be dropped as soon as it is not being written.
    cut: bool,
    closed: Option<CloseCode>,
}

/// The connection is closing; nothing is queued any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closed;

impl Outlet {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            queue: Mutex::default(),
            writer: AtomicWaker::new(),
            space: Notify::new(),
        }
    }

    /// Queues a frame, or closes the connection of a slow reader.
    pub(crate) fn push(&self, frame: Bytes) -> Result<(), Closed> {
        if frame.is_empty() {
            return Ok(());
        }
        let mut queue = self.queue.lock();
        if queue.closed.is_some() {
            return Err(Closed);
        }
        if queue.is_of_slow_reader(frame.len(), self.limit) {
            queue.close(CloseCode::SlowReader, true);
            drop(queue);
            self.wake();
            return Err(Closed);
        }
        let was_empty = queue.add(frame);
        if queue.bytes > self.limit {
            queue.over_since.get_or_insert_with(Instant::now);
        }
        drop(queue);
        if was_empty {
            self.writer.wake();
        }
        Ok(())
    }

    /// Queues a frame as soon as half of the queue is free, or closes the connection of a reader that
    /// does not get so far.
    pub(crate) async fn push_in_turn(&self, frame: Bytes) -> Result<(), Closed> {
        if timeout(IN_TURN_WITHIN, self.roomy()).await.is_err() {
            self.queue.lock().close(CloseCode::SlowReader, true);
            self.wake();
        }
        self.push(frame)
    }

    /// Waits until half of the queue is free, or the connection is closing.
    async fn roomy(&self) {
        loop {
            let space = self.space.notified();
            {
                let queue = self.queue.lock();
                if queue.closed.is_some() || queue.bytes <= self.limit / 2 {
                    return;
                }
            }
            space.await;
        }
    }

    /// Closes the connection after what is queued; a second close changes nothing.
    pub(crate) fn close(&self, code: CloseCode) {
        self.queue.lock().close(code, false);
        self.wake();
    }

    /// Bytes that wait.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.lock().bytes
    }

    pub(crate) fn closed(&self) -> Option<CloseCode> {
        self.queue.lock().closed
    }

    /// Lets the connection's task look around.
    pub(crate) fn nudge(&self) {
        self.writer.wake();
    }

    fn wake(&self) {
        self.writer.wake();
        self.space.notify_waiters();
    }

    /// Copies what waits into `buffer`, as much as fits; pending while nothing waits. Every copy is
    /// followed by [`Outlet::written`].
    pub(super) fn poll_copy(&self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<usize> {
        self.writer.register(context.waker());
        let mut queue = self.queue.lock();
        if queue.bytes == 0 {
            return Poll::Pending;
        }
        queue.writing = true;
        let mut copied = 0;
        let mut skip = queue.written;
        for frame in &queue.frames {
            let rest = &frame[skip..];
            skip = 0;
            let part = rest.len().min(buffer.len() - copied);
            buffer[copied..copied + part].copy_from_slice(&rest[..part]);
            copied += part;
            if copied == buffer.len() {
                break;
            }
        }
        Poll::Ready(copied)
    }

    /// So many bytes of the copy were written.
    pub(super) fn written(&self, count: usize) {
        let mut queue = self.queue.lock();
        let was_crowded = queue.bytes > self.limit / 2;
        queue.advance(count);
        if queue.bytes <= self.limit {
            queue.over_since = None;
        }
        let is_roomy = queue.bytes <= self.limit / 2;
        let is_empty = queue.bytes == 0;
        drop(queue);
        if (was_crowded && is_roomy) || is_empty {
            self.space.notify_waiters();
        }
    }
}

impl Queue {
    /// Whether what waits, with so many bytes more, has become too much or waited for too long.
    fn is_of_slow_reader(&self, more: usize, limit: usize) -> bool {
        // One frame alone may be longer than anything else.
        let too_much = self.bytes > 0 && self.bytes + more > limit * MOST_LIMITS;
        too_much
            || self
                .over_since
                .is_some_and(|since| since.elapsed() > PATIENCE)
    }

    /// Answers whether the queue was empty before.
    fn add(&mut self, frame: Bytes) -> bool {
        let was_empty = self.bytes == 0;
        self.bytes += frame.len();
        self.frames.push_back(frame);
        was_empty
    }

    fn advance(&mut self, count: usize) {
        self.writing = false;
        self.bytes -= count;
        self.written += count;
        while let Some(first) = self.frames.front()
            && self.written >= first.len()
        {
            self.written -= first.len();
            self.frames.pop_front();
        }
        if self.cut {
            self.drop_waiting();
        }
        // A burst leaves a large buffer behind, which an idle connection does not need.
        if self.frames.is_empty() && self.frames.capacity() > 8 {
            self.frames = VecDeque::new();
        }
    }

    fn close(&mut self, code: CloseCode, cut: bool) {
        if self.closed.is_some() {
            return;
        }
        self.closed = Some(code);
        self.cut = cut;
        if cut && !self.writing {
            self.drop_waiting();
        } else if !cut {
            self.add(frames::close(code));
        }
    }

    /// Leaves the frame that was begun, and the close frame.
    fn drop_waiting(&mut self) {
        self.cut = false;
        self.frames.truncate(usize::from(self.written > 0));
        self.bytes = self.frames.front().map_or(0, Bytes::len) - self.written;
        if let Some(code) = self.closed {
            self.add(frames::close(code));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use super::*;

    fn written(outlet: &Outlet, most: usize) -> Vec<u8> {
        let mut buffer = vec![0; most];
        let mut context = Context::from_waker(Waker::noop());
        match outlet.poll_copy(&mut context, &mut buffer) {
            Poll::Ready(count) => {
                outlet.written(count);
                buffer.truncate(count);
                buffer
            }
            Poll::Pending => Vec::new(),
        }
    }

    #[test]
    fn everything_queued_is_written_in_one_go_and_in_order() {
        let outlet = Outlet::new(100);
        outlet.push(Bytes::from_static(b"one ")).unwrap();
        outlet.push(Bytes::from_static(b"two ")).unwrap();
        assert_eq!(written(&outlet, 6), b"one tw");
        outlet.push(Bytes::from_static(b"three")).unwrap();
        assert_eq!(written(&outlet, 100), b"o three");
        assert_eq!(written(&outlet, 100), b"");
    }

    /// A queue of 10 bytes whose reader has just become too slow for the next one.
    async fn overdue(frames: &[&'static [u8]]) -> Outlet {
        let outlet = Outlet::new(10);
        for frame in frames {
            outlet.push(Bytes::from_static(frame)).unwrap();
        }
        tokio::time::advance(PATIENCE + Duration::from_millis(1)).await;
        outlet
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_no_sign_of_a_slow_reader() {
        let outlet = Outlet::new(10);
        for _ in 0..15 {
            outlet.push(Bytes::from_static(b"1234567890")).unwrap();
        }
        tokio::time::advance(PATIENCE).await;
        outlet.push(Bytes::from_static(b"in time")).unwrap();
        assert_eq!(written(&outlet, 1_000).len(), 157);
        assert_eq!(outlet.closed(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_more_than_the_limit_waiting_for_long_is_slow() {
        let outlet = overdue(&[b"12345", b"67890", b"a"]).await;
        assert_eq!(outlet.push(Bytes::from_static(b"b")), Err(Closed));
        assert_eq!(outlet.closed(), Some(CloseCode::SlowReader));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_begins_anew_after_each_time_the_reader_caught_up() {
        let outlet = Outlet::new(10);
        for _ in 0..5 {
            outlet.push(Bytes::from_static(b"1234567890")).unwrap();
            outlet.push(Bytes::from_static(b"abc")).unwrap();
            tokio::time::advance(PATIENCE).await;
            assert_eq!(written(&outlet, 3).len(), 3);
            tokio::time::advance(PATIENCE).await;
            outlet.push(Bytes::from_static(b"d")).unwrap();
            written(&outlet, 100);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_within_the_limit_may_wait_for_ever() {
        let outlet = Outlet::new(10);
        outlet.push(Bytes::from_static(b"1234567890")).unwrap();
        tokio::time::advance(PATIENCE * 10).await;
        // The patience begins only now.
        outlet.push(Bytes::from_static(b"a")).unwrap();
        tokio::time::advance(PATIENCE).await;
        outlet.push(Bytes::from_static(b"b")).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_may_leave_everything_waiting() {
        let outlet = Outlet::new(10);
        for _ in 0..16 {
            outlet.push(Bytes::from_static(b"1234567890")).unwrap();
        }
        assert_eq!(outlet.push(Bytes::from_static(b"a")), Err(Closed));
        assert_eq!(outlet.closed(), Some(CloseCode::SlowReader));
        let rest = written(&outlet, 1_000);
        assert_eq!(rest, &frames::close(CloseCode::SlowReader)[..]);
    }

    #[tokio::test(start_paused = true)]
    async fn cutting_off_drops_what_waits_but_never_tears_a_frame() {
        let outlet = overdue(&[b"12345", b"67890", b"abcd"]).await;
        assert_eq!(written(&outlet, 2), b"12");
        assert_eq!(outlet.push(Bytes::from_static(b"e")), Err(Closed));
        let rest = written(&outlet, 100);
        assert_eq!(&rest[..3], b"345");
        assert_eq!(&rest[3..], &frames::close(CloseCode::SlowReader)[..]);
        assert_eq!(outlet.push(Bytes::from_static(b"f")), Err(Closed));
    }

    #[tokio::test(start_paused = true)]
    async fn cutting_off_during_a_write_waits_for_its_end() {
        let outlet = overdue(&[b"12345", b"67890", b"abcd"]).await;
        let mut buffer = [0; 7];
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(outlet.poll_copy(&mut context, &mut buffer), Poll::Ready(7));
        assert_eq!(outlet.push(Bytes::from_static(b"e")), Err(Closed));
        outlet.written(7);
        let rest = written(&outlet, 100);
        assert_eq!(&rest[..3], b"890");
        assert_eq!(&rest[3..], &frames::close(CloseCode::SlowReader)[..]);
    }

    #[test]
    fn a_frame_longer_than_the_limit_passes_when_nothing_else_waits() {
        let outlet = Outlet::new(4);
        outlet.push(Bytes::from_static(b"a long frame")).unwrap();
        assert_eq!(written(&outlet, 100), b"a long frame");
    }

    #[tokio::test]
    async fn a_replay_waits_for_its_reader() {
        let outlet = std::sync::Arc::new(Outlet::new(10));
        outlet.push(Bytes::from_static(b"12345678")).unwrap();
        let replay = tokio::spawn({
            let outlet = outlet.clone();
            async move { outlet.push_in_turn(Bytes::from_static(b"next")).await }
        });
        tokio::task::yield_now().await;
        assert!(!replay.is_finished());
        assert_eq!(written(&outlet, 100), b"12345678");
        replay.await.unwrap().unwrap();
        assert_eq!(written(&outlet, 100), b"next");
    }

    #[tokio::test(start_paused = true)]
    async fn a_replay_does_not_wait_for_a_reader_for_ever() {
        let outlet = Outlet::new(10);
        outlet.push(Bytes::from_static(b"12345678")).unwrap();
        let replayed = outlet.push_in_turn(Bytes::from_static(b"next")).await;
        assert_eq!(replayed, Err(Closed));
        assert_eq!(outlet.closed(), Some(CloseCode::SlowReader));
    }
}
