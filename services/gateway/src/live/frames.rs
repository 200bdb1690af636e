//! The frames of the public protocol: JSON objects with `t`.

mod client;
mod encode;
mod server;

pub use client::{
    Auth, ClientFrame, Hello, LaterRequest, MarkRead, Reference, Replay, Send, Typing, Watch,
};
pub(crate) use client::{ClientError, read};
pub(crate) use encode::{close, text};
pub use server::{
    Ack, AuthExpiring, Drain, EventFrame, Failure, Personal, Ping, Receipt, Replayed, ServerFrame,
    Welcome, WelcomeRoom,
};

/// Why the gateway closes a connection, as the protocol numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CloseCode {
    GoingAway,
    BadFrame,
    NotAuthenticated,
    Refused,
    NoHello,
    Replaced,
    TooLarge,
    TooFast,
    SlowReader,
}

impl CloseCode {
    pub(crate) const fn number(self) -> u16 {
        match self {
            Self::GoingAway => 1012,
            Self::BadFrame => 4400,
            Self::NotAuthenticated => 4401,
            Self::Refused => 4403,
            Self::NoHello => 4408,
            Self::Replaced => 4409,
            Self::TooLarge => 4413,
            Self::TooFast => 4429,
            Self::SlowReader => 4503,
        }
    }

    /// What the close frame says beside the number.
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going away",
            Self::BadFrame => "bad frame",
            Self::NotAuthenticated => "not authenticated",
            Self::Refused => "refused",
            Self::NoHello => "no hello",
            Self::Replaced => "replaced",
            Self::TooLarge => "frame too large",
            Self::TooFast => "too fast",
            Self::SlowReader => "resume",
        }
    }
}
