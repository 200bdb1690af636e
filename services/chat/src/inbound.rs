//! Where requests and events come in, and turn into commands and queries.

pub(crate) mod grpc;
pub(crate) mod telegram;
