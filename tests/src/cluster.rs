//! Chappe as its charts install it on a Kubernetes, driven as people drive it: with `helm` and `kubectl`.
//!
//! ```text
//! this machine                                    the cluster that KUBECONFIG names
//! ┌──────────────────────────┐                    ┌────────────────────────────────┐
//! │ devices, REST ───────────┼── NodePort ───────▶│ gateways ─ notification, chat  │
//! │ Postgres, Redis, Kafka ◀─┼────────────────────┼──┘                    bot      │
//! │ Telegram ◀───────────────┼────────────────────┼──────────────────────┘         │
//! │ helm, kubectl ───────────┼── API server ─────▶│ operator                       │
//! └──────────────────────────┘                    └────────────────────────────────┘
//! ```
//!
//! Pods reach this machine under the address on which `scripts/stack` listens. Images are in the cluster
//! already, or it can pull them.

mod charts;
mod command;
mod crowd;
mod diagnosis;
mod forwarded;
mod installation;
mod kubectl;
mod namespaces;
mod settings;
mod values;

pub use charts::Charts;
pub use crowd::{Crowd, Outcome};
pub use diagnosis::print as print_diagnosis;
pub use forwarded::Forwarded;
pub use installation::{Installation, MESSENGER, SERVICES, deployment};
pub use kubectl::{Condition, Kubectl};
pub use namespaces::Namespaces;
pub use settings::Settings;
