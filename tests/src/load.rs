//! The load tool: how much Chappe bears on this machine, and at what cost.
//!
//! ```text
//! pace (a thread that sleeps exactly) ─▶ sockets of senders ─▶ gateways …
//!                                                                  │
//! ledger: per message first and last delivery, lost, doubled ◀─ sockets of all members
//! ```
//!
//! Sends follow a fixed schedule and latencies count from the scheduled time, so that a server that
//! stalls can't hide it by slowing its clients down. Clients and servers share the machine, so a
//! client costs next to nothing: one thread, one read buffer for all sockets, frames found by their
//! headers and numbers by a byte search.

mod accept;
mod args;
mod clock;
mod figures;
mod frame;
mod http;
mod idle;
mod ledger;
mod pace;
mod people;
mod process;
mod reconnect;
mod report;
mod room;
mod rooms;
mod saturation;
mod socket;
mod stage;
mod world;

pub use args::Args;

use self::args::Scenario;

/// Runs the scenario and prints what it measured.
pub fn run(args: &Args) -> anyhow::Result<()> {
    process::raise_open_files()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = tokio::task::LocalSet::new();
    let reports = runtime.block_on(local.run_until(async {
        Ok::<_, anyhow::Error>(match &args.scenario {
            Scenario::Idle(options) => vec![idle::run(&args.world, options).await?],
            Scenario::Room(options) => vec![room::run(&args.world, options).await?],
            Scenario::Rooms(options) => vec![rooms::run(&args.world, options).await?],
            Scenario::Saturation(options) => vec![saturation::run(&args.world, options).await?],
            Scenario::Reconnect(options) => vec![reconnect::run(&args.world, options).await?],
            Scenario::Accept(options) => vec![accept::run(&args.world, options).await?],
            Scenario::Figures => figures::run(&args.world).await?,
        })
    }))?;
    for report in &reports {
        println!("{report}");
    }
    if let Some(path) = &args.json {
        std::fs::write(path, serde_json::to_vec_pretty(&reports)?)?;
    }
    Ok(())
}
