//! One WebSocket on the wire.
//!
//! Reading is tungstenite's, which never sees the stream: it is given what arrived in a buffer that all
//! connections of a thread share, so an idle connection keeps no buffer of its own. Writing copies
//! whole frames, encoded elsewhere, out of the queue: one system call for all that waits.

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tungstenite::{Error, Message};

use super::frames::CloseCode;
use super::outlet::Outlet;

/// What one system call moves at most.
const BUFFER: usize = 64 * 1024;
/// What tungstenite keeps per connection for the beginnings of frames.
const READ_BUFFER: usize = 128;

thread_local! {
    static SHARED: RefCell<Box<[u8]>> = RefCell::new(vec![0; BUFFER].into_boxed_slice());
}

pub(crate) struct Socket {
    stream: TokioIo<Upgraded>,
    context: WebSocketContext,
}

/// Why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The client closed, or the connection broke.
    Closed,
    /// The client is to be closed.
    Refused(CloseCode),
}

impl Socket {
    pub(crate) fn new(stream: Upgraded, longest: usize) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0)
            .max_message_size(Some(longest))
            .max_frame_size(Some(longest));
        Self {
            stream: TokioIo::new(stream),
            context: WebSocketContext::new(Role::Server, Some(config)),
        }
    }

    /// Writes what waits. Ready only when the connection broke.
    pub(crate) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        outlet: &Outlet,
    ) -> Poll<io::Error> {
        SHARED.with_borrow_mut(|buffer| {
            loop {
                let count = ready!(outlet.poll_copy(context, buffer));
                match Pin::new(&mut self.stream).poll_write(context, &buffer[..count]) {
                    Poll::Ready(Ok(0)) => return Poll::Ready(io::ErrorKind::WriteZero.into()),
                    Poll::Ready(Ok(written)) => outlet.written(written),
                    Poll::Ready(Err(error)) => return Poll::Ready(error),
                    Poll::Pending => {
                        outlet.written(0);
                        return Poll::Pending;
                    }
                }
            }
        })
    }

    /// Hands every text that arrives to `take`, which also tells how long the next ones may be.
    pub(crate) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        outlet: &Outlet,
        take: &mut impl FnMut(&str) -> ControlFlow<CloseCode, usize>,
    ) -> Poll<End> {
        SHARED.with_borrow_mut(|buffer| {
            loop {
                let mut arrived = ReadBuf::new(buffer);
                match ready!(Pin::new(&mut self.stream).poll_read(context, &mut arrived)) {
                    Ok(()) if !arrived.filled().is_empty() => {}
                    _ => return Poll::Ready(End::Closed),
                }
                let mut replies = Vec::new();
                let outcome = self.decode(arrived.filled(), &mut replies, take);
                if !replies.is_empty() {
                    // Pongs, and the echo of a close frame.
                    let _ = outlet.push(Bytes::from(replies));
                }
                if let ControlFlow::Break(end) = outcome {
                    return Poll::Ready(end);
                }
            }
        })
    }

    fn decode(
        &mut self,
        arrived: &[u8],
        replies: &mut Vec<u8>,
        take: &mut impl FnMut(&str) -> ControlFlow<CloseCode, usize>,
    ) -> ControlFlow<End> {
        let mut wire = Wire { arrived, replies };
        loop {
            match self.context.read(&mut wire) {
                Ok(Message::Text(text)) => match take(&text) {
                    ControlFlow::Continue(longest) => self.limit(longest),
                    ControlFlow::Break(code) => return ControlFlow::Break(End::Refused(code)),
                },
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
                Ok(Message::Close(_)) => {
                    let _ = self.context.flush(&mut wire);
                    return ControlFlow::Break(End::Closed);
                }
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    let _ = self.context.flush(&mut wire);
                    return ControlFlow::Continue(());
                }
                Err(Error::Capacity(_)) => {
                    return ControlFlow::Break(End::Refused(CloseCode::TooLarge));
                }
                Ok(Message::Binary(_)) | Err(Error::Protocol(_) | Error::Utf8(_)) => {
                    return ControlFlow::Break(End::Refused(CloseCode::BadFrame));
                }
                Err(_) => return ControlFlow::Break(End::Closed),
            }
        }
    }

    fn limit(&mut self, longest: usize) {
        if self.context.get_config().max_message_size != Some(longest) {
            self.context.set_config(|config| {
                config.max_message_size = Some(longest);
                config.max_frame_size = Some(longest);
            });
        }
    }

    /// Says that nothing follows.
    pub(crate) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    /// Reads on without looking until the client has closed too: a connection with unread bytes is
    /// reset, and the client might lose its last frames.
    pub(crate) fn poll_discard(&mut self, context: &mut Context<'_>) -> Poll<()> {
        SHARED.with_borrow_mut(|buffer| {
            loop {
                let mut arrived = ReadBuf::new(buffer);
                match ready!(Pin::new(&mut self.stream).poll_read(context, &mut arrived)) {
                    Ok(()) if !arrived.filled().is_empty() => {}
                    _ => return Poll::Ready(()),
                }
            }
        })
    }
}

/// What tungstenite takes for the stream.
struct Wire<'a> {
    arrived: &'a [u8],
    replies: &'a mut Vec<u8>,
}

impl Read for Wire<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.arrived.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.arrived.read(buffer)
    }
}

impl Write for Wire<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.replies.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
