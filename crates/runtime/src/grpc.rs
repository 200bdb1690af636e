//! How services reach one another: gRPC inside one process or over the network, with the same code.
//!
//! ```text
//! Network ──connect("inproc://chat" | "http://chat:7000")──▶ Client ─┐ credential, traceparent,
//!    │                                                              │ deadline, span, duration
//!    └────listen("inproc://chat" | "0.0.0.0:7000")──▶ Listener ──▶ serve(routes)
//! ```
//!
//! A [`Client`] balances over all addresses of its target and takes the next one when a connection is
//! refused. A call that was begun is never repeated: whether that is safe is the caller's knowledge.

mod balancer;
mod call;
mod client;
mod credential;
mod deadline;
mod endpoint;
mod listener;
mod method;
mod names;
mod network;
mod server;
mod status;
mod target;

use std::time::Duration;

pub use client::{Client, RouteKey};
pub use credential::{InternalCredential, WeakCredential};
pub use listener::{ListenError, Listener};
pub use network::Network;
pub use server::{ServeError, serve};
pub use status::{reason, status};
pub use target::TargetError;

/// The longest message either side takes; set it on generated clients and servers, whose default is
/// 4 MiB.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// HTTP/2 pings find a peer whose machine is gone; a process that ends closes its connections itself.
const PING_EVERY: Duration = Duration::from_secs(2);
const PING_TIMEOUT: Duration = Duration::from_secs(4);

/// Streams may have this much on its way before they wait for the reader.
const STREAM_WINDOW: u32 = 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// Calls on one connection at a time.
const STREAMS_PER_CONNECTION: u32 = 4096;
