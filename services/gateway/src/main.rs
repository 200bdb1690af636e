//! The `gateway` binary.

use std::time::Duration;

use gateway::config::Config;
use runtime::{Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = runtime::config::load()?;
    let telemetry = telemetry::init("gateway", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(30));
    shutdown.on_signals()?;
    let outcome = gateway::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
