//! Why a gateway's wish is refused.

/// What a gateway did wrong, or why it can't be served now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A later life of the same gateway has registered: this one is over.
    #[error("a later boot epoch of this gateway has registered")]
    Superseded,
    /// A later operation was applied already, so this one has no effect.
    #[error("a later operation of this gateway was applied: attach again and announce all topics")]
    StaleOperation,
    /// The registry is away, and the memory that stands in for it is full.
    #[error("too many tickets are being redeemed while the registry is away: try again later")]
    TooManyTickets,
}
