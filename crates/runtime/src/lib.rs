//! What every service stands on, and nothing that knows a service.
//!
//! - [`config`]: flags, environment, secret files and one file become typed settings, or a refusal
//!   that names the setting;
//! - [`telemetry`] and [`trace`]: logs, metrics and traces, named after OpenTelemetry's conventions;
//! - [`health`] and [`admin`]: what Kubernetes and Prometheus ask;
//! - [`schema`]: who brings a database's schema up to date, and waiting for it;
//! - [`shutdown`]: stop taking work, finish it, leave by a deadline;
//! - [`grpc`]: how services reach and trust one another, inside one process or over the network.

pub mod admin;
pub mod config;
pub mod grpc;
pub mod health;
pub mod schema;
pub mod shutdown;
pub mod telemetry;
pub mod trace;

pub use health::Health;
pub use shutdown::Shutdown;
