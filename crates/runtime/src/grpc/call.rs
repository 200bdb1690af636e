//! One call's span and duration, the same on both sides.

use std::{
    pin::Pin,
    sync::LazyLock,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::HeaderMap;
use http_body::{Body as HttpBody, Frame, SizeHint};
use opentelemetry::{KeyValue, global, metrics::Histogram};
use tokio::time::Instant;
use tonic::{Code, Status};
use tracing::{Span, field::Empty};

use super::method::{Method, Shape};

/// Which end of the call this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Client,
    Server,
}

/// A call that goes on; ends with [`Call::end`] or, as cancelled, by being dropped.
pub(super) struct Call {
    side: Side,
    method: &'static Method,
    begun: Instant,
    pub(super) span: Span,
    ended: bool,
}

impl Call {
    /// Begins a call; its span is a child of the current one.
    pub(super) fn begin(side: Side, method: &'static Method) -> Self {
        Self {
            side,
            method,
            begun: Instant::now(),
            span: span(side, method),
            ended: method.shape == Shape::Conversation,
        }
    }

    /// Records the outcome, once.
    pub(super) fn end(&mut self, code: Code) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        let name = name(code);
        self.span.record("rpc.response.status_code", name);
        if self.is_error(code) {
            self.span.record("otel.status_code", "ERROR");
        }
        let attributes = [
            KeyValue::new("rpc.system.name", "grpc"),
            KeyValue::new("rpc.method", self.method.name.as_str()),
            KeyValue::new("rpc.response.status_code", name),
        ];
        let histogram = match self.side {
            Side::Client => &CLIENT,
            Side::Server => &SERVER,
        };
        histogram.record(self.begun.elapsed().as_secs_f64(), &attributes);
    }

    /// Records the outcome if these headers or trailers tell it.
    pub(super) fn end_with(&mut self, headers: &HeaderMap) {
        if let Some(code) = headers.get("grpc-status") {
            self.end(Code::from_bytes(code.as_bytes()));
        }
    }

    /// A refusal that is the caller's mistake is no error of the server.
    fn is_error(&self, code: Code) -> bool {
        match self.side {
            Side::Client => code != Code::Ok,
            Side::Server => matches!(
                code,
                Code::Unknown
                    | Code::DeadlineExceeded
                    | Code::Unimplemented
                    | Code::Internal
                    | Code::Unavailable
                    | Code::DataLoss
            ),
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.end(Code::Cancelled);
    }
}

fn span(side: Side, method: &'static Method) -> Span {
    if method.shape == Shape::Conversation {
        return Span::none();
    }
    let kind = match side {
        Side::Client => "client",
        Side::Server => "server",
    };
    tracing::info_span!(
        "rpc",
        otel.name = method.name,
        otel.kind = kind,
        otel.status_code = Empty,
        rpc.system.name = "grpc",
        rpc.method = method.name,
        rpc.response.status_code = Empty,
    )
}

static CLIENT: LazyLock<Histogram<f64>> = LazyLock::new(|| duration("rpc.client.call.duration"));
static SERVER: LazyLock<Histogram<f64>> = LazyLock::new(|| duration("rpc.server.call.duration"));

fn duration(name: &'static str) -> Histogram<f64> {
    global::meter("runtime")
        .f64_histogram(name)
        .with_unit("s")
        .with_description("Time of a call from its request to the end of its response")
        .build()
}

/// A response body that ends its call.
pub(super) struct Measured<B> {
    body: B,
    call: Call,
}

impl<B> Measured<B> {
    pub(super) fn new(body: B, call: Call) -> Self {
        Self { body, call }
    }
}

impl<B> HttpBody for Measured<B>
where
    B: HttpBody<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let this = self.get_mut();
        let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) else {
            return Poll::Pending;
        };
        Poll::Ready(match frame {
            Some(Ok(frame)) => {
                if let Some(trailers) = frame.trailers_ref() {
                    this.call.end_with(trailers);
                }
                Some(Ok(frame))
            }
            Some(Err(error)) => {
                this.call.end(Code::Unavailable);
                Some(Err(Status::unavailable(format!(
                    "the connection broke during the answer: {error}"
                ))))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The code's name on the wire, as the conventions want it.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
