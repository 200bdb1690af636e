//! Repetition after a conflict.

use super::{Context, Error, Handle, Request, ports::StoreError};

/// A conflict needs two that meet; to lose so often in a row takes more than bad luck.
const ATTEMPTS: usize = 5;

/// Repeats a request that lost against another transaction (a deadlock, a name taken between look
/// and write): the repetition sees the other's change and answers accordingly.
pub struct Retried<H>(H);

impl<H> Retried<H> {
    /// Repeats what `inner` loses.
    pub const fn new(inner: H) -> Self {
        Self(inner)
    }
}

impl<R: Request, H: Handle<R>> Handle<R> for Retried<H> {
    async fn handle(&self, context: &Context, request: &R) -> Result<R::Answer, Error> {
        for _ in 1..ATTEMPTS {
            match self.0.handle(context, request).await {
                Err(Error::Store(StoreError::Conflict(conflict))) => {
                    tracing::debug!(%conflict, "repeating after a conflict");
                }
                answer => return answer,
            }
        }
        self.0.handle(context, request).await
    }
}
