//! What the binary does besides serving.

use anyhow::Context as _;

use crate::{Database, config::Command};

/// Carries out a command and tells on stdout what it did.
pub async fn carry_out(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Migrate { database, report } => {
            let outcome = async { Database::of(&database.url).await?.migrate().await }.await;
            let reported = report.write(&outcome);
            println!("{}", outcome?);
            reported.context("--report cannot be written")
        }
        Command::NewEpoch { database } => {
            let epoch = Database::of(&database.url).await?.new_epoch().await?;
            println!("{epoch}");
            println!("a chat that runs on this database lives on in the old one: start it again");
            Ok(())
        }
    }
}
