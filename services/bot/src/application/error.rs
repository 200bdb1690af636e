//! What goes wrong outside.

use std::time::Duration;

/// The bot's own store or chat did not answer. Nothing is lost: the caller tries again.
#[derive(Debug, thiserror::Error)]
#[error("{what} is unavailable: {reason}")]
pub struct Unavailable {
    /// Which neighbour.
    pub what: &'static str,
    /// What it said.
    pub reason: String,
}

impl Unavailable {
    /// `what` failed with `reason`, which must hold no secret.
    pub fn new(what: &'static str, reason: &impl ToString) -> Self {
        Self {
            what,
            reason: reason.to_string(),
        }
    }
}

/// Why Telegram did not do what it was asked, by what may be done next. Never holds the token.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    /// The request surely had no effect: try again later.
    #[error("telegram is unavailable: {0}")]
    NotDone(String),
    /// Too many requests: try again after this time.
    #[error("telegram asks to wait {0:?}")]
    RetryAfter(Duration),
    /// The answer was lost: the request may have had its effect.
    #[error("telegram's answer was lost: {0}")]
    Uncertain(String),
    /// Telegram refuses the token, and with it whatever is asked.
    #[error("telegram refuses the token: {0}")]
    BadToken(String),
    /// Telegram refuses all that is sent to this chat: the bot may not write there, or there is none.
    #[error("telegram refuses the chat: {0}")]
    Closed(String),
    /// Telegram refuses this request, now and later.
    #[error("telegram refused: {0}")]
    Refused(String),
}
