//! The `operator` binary.

use std::time::Duration;

use operator::config::Start;
use runtime::{Shutdown, config::Invocation, telemetry};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = match runtime::config::load::<Start>()? {
        Invocation::Serve(config) => config,
        Invocation::Command(command) => return operator::carry_out(command).await,
    };
    let telemetry = telemetry::init("operator", &config.telemetry)?;
    let shutdown = Shutdown::new(Duration::from_secs(10));
    shutdown.on_signals()?;
    let outcome = operator::serve(config, shutdown).await;
    telemetry.shutdown();
    outcome
}
