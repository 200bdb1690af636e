//! The load tool: `cargo run --release -p e2e --bin load -- --help`.

use clap::Parser as _;
use e2e::load::{Args, run};

fn main() -> anyhow::Result<()> {
    run(&Args::parse())
}
