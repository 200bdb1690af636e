//! The `chat` binary.

use std::time::Duration;

use chat::Config;
use runtime::{Shutdown, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config: Config = runtime::config::load()?;
    let telemetry = telemetry::init("chat", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(20));
    shutdown.on_signals()?;
    let outcome = chat::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
