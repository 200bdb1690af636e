//! Makes Redis forget the world before. Chappe's keys have names of their own, so those of others stay.

use anyhow::{Context, Result};
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;

/// What Chappe's keys begin with: those of the registry, and those of used tickets.
const OURS: [&str; 2] = ["{chappe}:", "chappe:"];

/// How many keys Chappe has there.
pub(super) async fn held(url: &str) -> Result<usize> {
    Ok(ours(&mut connect(url).await?).await?.len())
}

/// Removes Chappe's keys, all at once.
pub(super) async fn forget(url: &str) -> Result<()> {
    let mut connection = connect(url).await?;
    let keys = ours(&mut connection).await?;
    if !keys.is_empty() {
        connection.del::<_, ()>(keys).await?;
    }
    Ok(())
}

async fn connect(url: &str) -> Result<MultiplexedConnection> {
    let client = redis::Client::open(url)?;
    let connection = client.get_multiplexed_async_connection().await;
    connection.context("Redis")
}

async fn ours(connection: &mut MultiplexedConnection) -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for beginning in OURS {
        let pattern = format!("{beginning}*");
        let mut found = connection.scan_match::<_, String>(pattern).await?;
        while let Some(key) = found.next_item().await {
            keys.push(key?);
        }
    }
    Ok(keys)
}
