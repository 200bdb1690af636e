//! What the binary does besides serving.

use anyhow::Context;
use sqlite::Database;

use crate::{config::Command, data::DataFolder};

/// Carries out a command and tells on stdout what it did.
pub async fn carry_out(command: Command) -> anyhow::Result<()> {
    let Command::NewEpoch { data } = command;
    let data = DataFolder::take_existing(&data.folder)?;
    let file = data.database();
    let database = Database::open(&file)
        .await
        .with_context(|| format!("cannot open {}", file.display()))?;
    let epoch = chat::Database::Sqlite(database.clone()).new_epoch().await?;
    database.close().await;
    println!("{epoch}");
    Ok(())
}
