//! The `gateway` binary.

use gateway::config::Config;
use runtime::{Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = runtime::config::load()?;
    let telemetry = telemetry::init("gateway", &config.telemetry)?;
    let shutdown = Shutdown::new(config.grace());
    shutdown.on_signals()?;
    let outcome = gateway::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
