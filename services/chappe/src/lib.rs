//! All of Chappe in one process, on one `SQLite` file: the same services as in the distributed world,
//! with in-process gRPC between them.
//!
//! ```text
//!  browser ──▶ gateway ──inproc──▶ chat ──▶ data/chappe.sqlite ◀── event log ──▶ bot ──▶ Telegram
//!                 ▲                                                    │
//!                 └──────────────inproc────────── notification ◀───────┘
//! ```
//!
//! Nothing is decided here: [`Chappe`] only puts the services together.

mod commands;
mod compose;
mod config;
mod data;
mod demo;

use runtime::{Health, Shutdown};

pub use commands::carry_out;
pub use compose::Chappe;
pub use config::{Config, Settings};

/// Runs Chappe until it is told to stop, and tells on stdout where it is.
pub async fn serve(config: Config, shutdown: Shutdown) -> anyhow::Result<()> {
    let health = Health::new();
    let admin =
        runtime::admin::serve(config.admin_listen, health.clone(), shutdown.clone()).await?;
    let chappe = Chappe::build(config.chappe).await?;
    let address = chappe.address();
    println!("API         http://{address}/api/v1");
    println!("documents   http://{address}/docs");
    println!("operations  http://{}/readyz, /metrics", admin.address());
    println!("data        {}", chappe.data().display());
    chappe.run(shutdown, health).await
}
