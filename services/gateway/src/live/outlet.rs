//! What waits to be written to one connection.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::task::AtomicWaker;
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::frames::{self, CloseCode};

/// A queue of whole frames, bounded in bytes. A reader that lets it overflow is cut off with
/// [`CloseCode::SlowReader`]; nobody ever waits for one, except its own replay.
///
/// Invariants:
/// - `bytes` is the length of all frames minus `written`, what was written of the first one;
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

    /// Queues a frame, or closes the connection when it does not fit.
    pub(crate) fn push(&self, frame: Bytes) -> Result<(), Closed> {
        if frame.is_empty() {
            return Ok(());
        }
        let mut queue = self.queue.lock();
        if queue.closed.is_some() {
            return Err(Closed);
        }
        if queue.bytes > 0 && queue.bytes + frame.len() > self.limit {
            queue.close(CloseCode::SlowReader, true);
            drop(queue);
            self.wake();
            return Err(Closed);
        }
        let was_empty = queue.add(frame);
        drop(queue);
        if was_empty {
            self.writer.wake();
        }
        Ok(())
    }

    /// Queues a frame as soon as half of the queue is free.
    pub(crate) async fn push_in_turn(&self, frame: Bytes) -> Result<(), Closed> {
        loop {
            let space = self.space.notified();
            {
                let queue = self.queue.lock();
                if queue.closed.is_some() {
                    return Err(Closed);
                }
                if queue.bytes <= self.limit / 2 {
                    break;
                }
            }
            space.await;
        }
        self.push(frame)
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
        let is_roomy = queue.bytes <= self.limit / 2;
        let is_empty = queue.bytes == 0;
        drop(queue);
        if (was_crowded && is_roomy) || is_empty {
            self.space.notify_waiters();
        }
    }
}

impl Queue {
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

    #[test]
    fn an_overflow_drops_what_waits_but_never_tears_a_frame() {
        let outlet = Outlet::new(10);
        outlet.push(Bytes::from_static(b"12345")).unwrap();
        outlet.push(Bytes::from_static(b"67890")).unwrap();
        assert_eq!(written(&outlet, 2), b"12");
        outlet.push(Bytes::from_static(b"ab")).unwrap();
        assert_eq!(outlet.push(Bytes::from_static(b"c")), Err(Closed));
        assert_eq!(outlet.closed(), Some(CloseCode::SlowReader));
        let rest = written(&outlet, 100);
        assert_eq!(&rest[..3], b"345");
        assert_eq!(&rest[3..], &frames::close(CloseCode::SlowReader)[..]);
        assert_eq!(outlet.push(Bytes::from_static(b"d")), Err(Closed));
    }

    #[test]
    fn an_overflow_during_a_write_waits_for_its_end() {
        let outlet = Outlet::new(10);
        outlet.push(Bytes::from_static(b"12345")).unwrap();
        outlet.push(Bytes::from_static(b"67890")).unwrap();
        let mut buffer = [0; 7];
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(outlet.poll_copy(&mut context, &mut buffer), Poll::Ready(7));
        assert_eq!(outlet.push(Bytes::from_static(b"c")), Err(Closed));
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
}
