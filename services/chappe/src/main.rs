//! The `chappe` binary.

use std::time::Duration;

use chappe::Config;
use runtime::{Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = runtime::config::load()?;
    let telemetry = telemetry::init("chappe", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(15));
    shutdown.on_signals()?;
    let outcome = chappe::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
