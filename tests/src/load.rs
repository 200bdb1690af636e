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
mod deadline;
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
    let world = &args.world;
    let reports = runtime.block_on(local.run_until(async {
        let report = match &args.scenario {
            Scenario::Idle(options) => idle::run(world, options).await?,
            Scenario::Room(options) => room::run(world, options).await?,
            Scenario::Rooms(options) => rooms::run(world, options).await?,
            Scenario::Saturation(options) => saturation::run(world, options).await?,
            Scenario::Reconnect(options) => reconnect::run(world, options).await?,
            Scenario::Accept(options) => accept::run(world, options).await?,
            Scenario::Figures => return Ok(figures::run(world).await),
        };
        println!("{report}");
        Ok::<_, anyhow::Error>(vec![report])
    }))?;
    if let Some(path) = &args.json {
        std::fs::write(path, serde_json::to_vec_pretty(&reports)?)?;
    }
    Ok(())
}
