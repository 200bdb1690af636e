//! The `notification` binary.

use std::time::Duration;

use notification::Config;
use runtime::{Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = runtime::config::load()?;
    let telemetry = telemetry::init("notification", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(20));
    shutdown.on_signals()?;
    let outcome = notification::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
