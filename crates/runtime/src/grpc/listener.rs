//! Where a service is listened for, and the connections that arrive there.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

use super::InternalCredential;

/// An address that is listened on.
#[derive(Debug)]
pub struct Listener {
    address: String,
    source: Source,
    pub(super) credential: InternalCredential,
}

#[derive(Debug)]
enum Source {
    InProcess(mpsc::Receiver<DuplexStream>),
    Tcp(TcpListener),
}

/// The address can't be listened on.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {address} for other services: {source}; choose another --listen")]
pub struct ListenError {
    address: String,
    source: io::Error,
}

impl ListenError {
    pub(super) fn new(address: &str, source: io::Error) -> Self {
        Self {
            address: address.to_owned(),
            source,
        }
    }
}

impl Listener {
    pub(super) fn in_process(
        name: &str,
        incoming: mpsc::Receiver<DuplexStream>,
        credential: InternalCredential,
    ) -> Self {
        Self {
            address: format!("inproc://{name}"),
            source: Source::InProcess(incoming),
            credential,
        }
    }

    pub(super) fn tcp(listener: TcpListener, credential: InternalCredential) -> io::Result<Self> {
        Ok(Self {
            address: format!("http://{}", listener.local_addr()?),
            source: Source::Tcp(listener),
            credential,
        })
    }

    /// Where it listens, in the form that [`super::Network::connect`] takes.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The next connection; `None` when nobody can connect any more. Cancel-safe.
    pub(super) async fn accept(&mut self) -> Option<Io> {
        match &mut self.source {
            Source::InProcess(incoming) => incoming.recv().await.map(Io::InProcess),
            Source::Tcp(listener) => loop {
                match listener.accept().await {
                    Ok((stream, _)) => {
                        // It fails only for a connection that is gone again.
                        let _ = stream.set_nodelay(true);
                        return Some(Io::Tcp(stream));
                    }
                    Err(error) => {
                        // Too many open files, most likely: others must close first.
                        tracing::warn!(%error, "a connection can't be accepted");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            },
        }
    }

    /// Stops listening, and answers where it was.
    pub(super) fn close(self) -> String {
        self.address
    }
}

/// A connection, in the process or over the network.
#[derive(Debug)]
pub(super) enum Io {
    InProcess(DuplexStream),
    Tcp(TcpStream),
}

/// Does the same with either kind of connection.
macro_rules! either {
    ($io:expr, $method:ident $(, $argument:expr)*) => {
        match $io.get_mut() {
            Io::InProcess(stream) => Pin::new(stream).$method($($argument),*),
            Io::Tcp(stream) => Pin::new(stream).$method($($argument),*),
        }
    };
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, poll_read, cx, buffer)
    }
}

impl AsyncWrite for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, poll_write, cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, poll_write_vectored, cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::InProcess(stream) => stream.is_write_vectored(),
            Self::Tcp(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, poll_flush, cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, poll_shutdown, cx)
    }
}
