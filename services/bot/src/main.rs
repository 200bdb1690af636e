//! The `bot` binary.

use std::time::Duration;

use runtime::{Shutdown, config::Invocation, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: bot::Config = match runtime::config::load()? {
        Invocation::Serve(config) => config,
        Invocation::Command(command) => return bot::carry_out(command).await,
    };
    let telemetry = telemetry::init("bot", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(20));
    shutdown.on_signals()?;
    let outcome = bot::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
