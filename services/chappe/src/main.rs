//! The `chappe` binary.

use std::time::Duration;

use runtime::{Shutdown, config::Invocation, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: chappe::Config = match runtime::config::load()? {
        Invocation::Serve(config) => config,
        Invocation::Command(command) => return chappe::carry_out(command).await,
    };
    let telemetry = telemetry::init("chappe", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(15));
    shutdown.on_signals()?;
    let outcome = chappe::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
