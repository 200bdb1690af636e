//! The load tool: `cargo run --release -p e2e --bin load -- --help`.

use std::process::ExitCode;

use clap::Parser as _;
use e2e::load::{Args, run};

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error:#}");
            ExitCode::FAILURE
        }
    }
}
