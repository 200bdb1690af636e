//! What the binary does besides serving.

use anyhow::Context as _;
use secrecy::ExposeSecret as _;

use crate::{Store, config::Command};

/// Carries out a command and tells on stdout what it did.
pub async fn carry_out(command: Command) -> anyhow::Result<()> {
    let Command::Migrate { database, report } = command;
    let outcome = Store::migrate(database.url.0.expose_secret()).await;
    let outcome = outcome.context("the bot's database");
    let reported = report.write(&outcome);
    println!("{}", outcome?);
    reported.context("--report cannot be written")
}
