//! What the binary does besides working for the resources.

use std::time::Duration;

use crate::config::Command;
use crate::{definitions, probe, release};

/// Carries out the command.
pub async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Definitions => {
            let files = definitions::files()?;
            let documents: Vec<_> = files.into_iter().map(|(_, contents)| contents).collect();
            print!("{}", documents.join("---\n"));
            Ok(())
        }
        Command::Release { namespace } => release::run(&namespace).await,
        Command::Probe { urls, within } => {
            probe::run(&urls, Duration::from_secs(within.into())).await
        }
    }
}
