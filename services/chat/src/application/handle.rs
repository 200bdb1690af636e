//! Requests and who answers them.

use std::future::Future;

use super::{Context, Error};

/// Something that can be asked for: a command, which changes something, or a query, which does not.
pub trait Request: Send + Sync + 'static {
    /// What comes back.
    type Answer: Send + 'static;
    /// Its intent in `snake_case`; names its span and its metrics.
    const NAME: &'static str;
}

/// Answers requests of one kind.
pub trait Handle<R: Request>: Send + Sync {
    /// Does what is asked, or says why not.
    fn handle(
        &self,
        context: &Context,
        request: &R,
    ) -> impl Future<Output = Result<R::Answer, Error>> + Send;
}
