//! What can go wrong, by what the caller does about it.

/// A record was not published.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PublishError {
    /// Publishing it again will fail again.
    #[error("record is refused: {0}")]
    Refused(String),
    /// An earlier record of the same key failed: publish that one first.
    #[error("an earlier record of the same key was not published")]
    OutOfTurn,
    /// The log does not answer or its queue is full: publish it again later.
    #[error("event log is unavailable: {0}")]
    Unavailable(String),
}

/// Receiving or committing failed; the consumer can be used again, after a pause.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ConsumeError {
    /// The log does not answer.
    #[error("event log is unavailable: {0}")]
    Unavailable(String),
    /// The log refuses this consumer: the settings or its permissions are wrong.
    #[error("consumer is refused: {0}")]
    Refused(String),
}

/// The log itself could not be opened, changed or reached.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BusError {
    /// A setting is wrong.
    #[error("event log settings are wrong: {0}")]
    Settings(String),
    /// The log does not answer.
    #[error("event log is unavailable: {0}")]
    Unavailable(String),
    /// The log refuses the change.
    #[error("event log refuses: {0}")]
    Refused(String),
}
