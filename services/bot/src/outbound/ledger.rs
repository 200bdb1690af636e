//! The bot's memory in SQL. The statements are the same on Postgres and SQLite; what differs is how a
//! transaction begins and how a process comes to lead.

mod postgres;
mod sqlite;
mod statements;

use std::time::Duration;

use async_trait::async_trait;
pub use postgres::PostgresLedger;
pub use sqlite::SqliteLedger;
use sqlx::migrate::Migrator;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{
    application::{
        error::Unavailable,
        ports::{Intent, Leadership, Ledger},
    },
    domain::{
        bridge::{Bridge, ChatId},
        event::{Position, TelegramSource},
        heard::Heard,
    },
};

/// The newest migration that this binary has.
pub const SCHEMA: i64 = 1;

/// The schema, with its own table of migrations: the database may be shared with others.
fn migrator() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    migrator.dangerous_set_table_name("_bot_migrations");
    // An older bot that starts during a rollout: the schema only expands.
    migrator.set_ignore_missing(true);
    migrator
}

#[expect(clippy::needless_pass_by_value, reason = "the form of map_err")]
fn unavailable(error: sqlx::Error) -> Unavailable {
    Unavailable::new("the bot's database", &error)
}

/// Implements [`Ledger`] for a type with `begin(&self) -> sqlx::Result<Transaction<'static, _>>` and
/// `take_lead(&self, bot) -> sqlx::Result<Box<dyn Leadership>>`: each method is one transaction over
/// the statements of its database.
macro_rules! ledger {
    ($ledger:ty, $statements:ident, { $($name:ident ($($argument:ident : $kind:ty),*) -> $answer:ty;)* }) => {
        #[async_trait]
        impl Ledger for $ledger {
            async fn lead(&self, bot: i64) -> Result<Box<dyn Leadership>, Unavailable> {
                self.take_lead(bot).await.map_err(unavailable)
            }

            async fn healthy(&self) -> Result<(), Unavailable> {
                let mut tx = self.begin().await.map_err(unavailable)?;
                // The tables are there, too.
                statements::$statements::next_update(&mut tx, 0)
                    .await
                    .map_err(unavailable)?;
                Ok(())
            }

            $(async fn $name(&self, $($argument: $kind),*) -> Result<$answer, Unavailable> {
                let mut tx = self.begin().await.map_err(unavailable)?;
                let answer = statements::$statements::$name(&mut tx, $($argument),*)
                    .await
                    .map_err(unavailable)?;
                tx.commit().await.map_err(unavailable)?;
                Ok(answer)
            })*
        }
    };
    ($ledger:ty, $statements:ident) => {
        ledger!($ledger, $statements, {
            next_update(bot: i64) -> Option<i64>;
            keep(bot: i64, heard: &[Heard], next_update: Option<i64>, now: OffsetDateTime) -> ();
            due(chats: &[ChatId], now: OffsetDateTime, again_after: Duration, attempts: u32, limit: u32) -> Vec<Heard>;
            not_handed_on(messages: &[TelegramSource]) -> ();
            arrived(source: TelegramSource, message: Uuid) -> ();
            position(bridge: Bridge) -> Option<Position>;
            advance(bridge: Bridge, to: &Position, message: Option<Uuid>) -> ();
            intend(bridge: Bridge, at: &Position, message: Uuid, part: i32) -> Intent;
            withdraw(chat: ChatId, message: Uuid, part: i32) -> ();
            told(chat: ChatId, message: Uuid, part: i32, telegram_message: Option<i64>) -> ();
        });
    };
}

ledger!(PostgresLedger, postgres);
ledger!(SqliteLedger, sqlite);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_migration_is_the_schema_that_this_binary_knows() {
        let newest = migrator().iter().map(|migration| migration.version).max();
        assert_eq!(newest, Some(SCHEMA));
    }
}
