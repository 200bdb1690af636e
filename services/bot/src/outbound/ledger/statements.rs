//! The statements, written once and compiled for each kind of database.

use time::OffsetDateTime;
use uuid::Uuid;

fn milliseconds(time: OffsetDateTime) -> i64 {
    i64::try_from(time.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn time_of(milliseconds: i64) -> sqlx::Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
        .map_err(|error| sqlx::Error::Decode(error.into()))
}

fn uuid_of(text: &str) -> sqlx::Result<Uuid> {
    text.parse()
        .map_err(|error: uuid::Error| sqlx::Error::Decode(error.into()))
}

macro_rules! statements {
    ($module:ident, $database:ty, $row:ty) => {
        pub(super) mod $module {
            use std::time::Duration;

            use sqlx::{QueryBuilder, Row as _};
            use time::OffsetDateTime;
            use uuid::Uuid;

            use super::{milliseconds, time_of, uuid_of};
            use crate::{
                application::ports::Intent,
                domain::{
                    bridge::{Bridge, ChatId, RoomId},
                    event::{Position, TelegramSource},
                    heard::{Heard, Message, Sender},
                },
            };

            type Tx = sqlx::Transaction<'static, $database>;

            pub(in super::super) async fn next_update(tx: &mut Tx, bot: i64) -> sqlx::Result<Option<i64>> {
                sqlx::query_scalar("SELECT next_update FROM bot_polling WHERE bot_id = $1")
                    .bind(bot)
                    .fetch_optional(&mut **tx)
                    .await
            }

            pub(in super::super) async fn keep(
                tx: &mut Tx,
                bot: i64,
                heard: &[Heard],
                next_update: Option<i64>,
                now: OffsetDateTime,
            ) -> sqlx::Result<()> {
                for Heard { update, message, room, traceparent } in heard {
                    sqlx::query(
                        "INSERT INTO bot_heard (chat_id, message_id, update_id, room_id, sender_id,
                             sender_name, sender_handle, body, sent_at, traceparent, next_attempt)
                         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11
                         WHERE NOT EXISTS (SELECT 1 FROM bot_message_map
                                           WHERE chat_id = $1 AND telegram_message_id = $2)
                         ON CONFLICT (chat_id, message_id) DO NOTHING",
                    )
                    .bind(message.chat.0)
                    .bind(message.id)
                    .bind(*update)
                    .bind(room.to_string())
                    .bind(message.sender.id)
                    .bind(&message.sender.name)
                    .bind(&message.sender.handle)
                    .bind(&message.text)
                    .bind(milliseconds(message.sent_at))
                    .bind(traceparent)
                    .bind(milliseconds(now))
                    .execute(&mut **tx)
                    .await?;
                }
                let place = match next_update {
                    Some(next) => sqlx::query(
                        "INSERT INTO bot_polling (bot_id, next_update) VALUES ($1, $2)
                         ON CONFLICT (bot_id) DO UPDATE SET next_update = excluded.next_update",
                    )
                    .bind(bot)
                    .bind(next),
                    None => sqlx::query("DELETE FROM bot_polling WHERE bot_id = $1").bind(bot),
                };
                place.execute(&mut **tx).await?;
                Ok(())
            }

            /// By index `bot_heard_due`: few rows wait, whosever they are.
            pub(in super::super) async fn due(
                tx: &mut Tx,
                chats: &[ChatId],
                now: OffsetDateTime,
                again_after: Duration,
                attempts: u32,
                limit: u32,
            ) -> sqlx::Result<Vec<Heard>> {
                let given_up = sqlx::query(
                    "DELETE FROM bot_heard WHERE next_attempt <= $1 AND attempts >= $2",
                )
                .bind(milliseconds(now))
                .bind(i64::from(attempts))
                .execute(&mut **tx)
                .await?
                .rows_affected();
                if given_up > 0 {
                    tracing::error!(given_up, "chat refused messages of telegram: see the dead letters");
                }
                if chats.is_empty() {
                    return Ok(Vec::new());
                }
                let mut select =
                    QueryBuilder::<$database>::new("SELECT * FROM bot_heard WHERE next_attempt <= ");
                select.push_bind(milliseconds(now)).push(" AND chat_id IN (");
                let mut among = select.separated(", ");
                for chat in chats {
                    among.push_bind(chat.0);
                }
                select.push(") ORDER BY update_id LIMIT ").push_bind(i64::from(limit));
                let due = select
                    .build()
                    .fetch_all(&mut **tx)
                    .await?
                    .iter()
                    .map(heard)
                    .collect::<sqlx::Result<Vec<_>>>()?;
                for heard in &due {
                    sqlx::query(
                        "UPDATE bot_heard SET attempts = attempts + 1, next_attempt = $3
                         WHERE chat_id = $1 AND message_id = $2",
                    )
                    .bind(heard.message.chat.0)
                    .bind(heard.message.id)
                    .bind(milliseconds(now + again_after))
                    .execute(&mut **tx)
                    .await?;
                }
                Ok(due)
            }

            fn heard(row: &$row) -> sqlx::Result<Heard> {
                Ok(Heard {
                    update: row.try_get("update_id")?,
                    message: Message {
                        chat: ChatId(row.try_get("chat_id")?),
                        id: row.try_get("message_id")?,
                        sender: Sender {
                            id: row.try_get("sender_id")?,
                            name: row.try_get("sender_name")?,
                            handle: row.try_get("sender_handle")?,
                        },
                        text: row.try_get("body")?,
                        sent_at: time_of(row.try_get("sent_at")?)?,
                    },
                    room: RoomId(uuid_of(row.try_get("room_id")?)?),
                    traceparent: row.try_get("traceparent")?,
                })
            }

            pub(in super::super) async fn not_handed_on(
                tx: &mut Tx,
                messages: &[TelegramSource],
            ) -> sqlx::Result<()> {
                for source in messages {
                    sqlx::query(
                        "UPDATE bot_heard SET attempts = attempts - 1, next_attempt = 0
                         WHERE chat_id = $1 AND message_id = $2 AND attempts > 0",
                    )
                    .bind(source.chat.0)
                    .bind(source.message)
                    .execute(&mut **tx)
                    .await?;
                }
                Ok(())
            }

            pub(in super::super) async fn arrived(
                tx: &mut Tx,
                source: TelegramSource,
                message: Uuid,
            ) -> sqlx::Result<()> {
                sqlx::query("DELETE FROM bot_heard WHERE chat_id = $1 AND message_id = $2")
                    .bind(source.chat.0)
                    .bind(source.message)
                    .execute(&mut **tx)
                    .await?;
                map(tx, source, message).await
            }

            async fn map(tx: &mut Tx, source: TelegramSource, message: Uuid) -> sqlx::Result<()> {
                sqlx::query(
                    "INSERT INTO bot_message_map (chat_id, telegram_message_id, message_id)
                     VALUES ($1, $2, $3) ON CONFLICT (chat_id, telegram_message_id) DO NOTHING",
                )
                .bind(source.chat.0)
                .bind(source.message)
                .bind(message.to_string())
                .execute(&mut **tx)
                .await?;
                Ok(())
            }

            pub(in super::super) async fn position(tx: &mut Tx, bridge: Bridge) -> sqlx::Result<Option<Position>> {
                sqlx::query("SELECT epoch, seq FROM bot_position WHERE chat_id = $1 AND room_id = $2")
                    .bind(bridge.chat.0)
                    .bind(bridge.room.to_string())
                    .fetch_optional(&mut **tx)
                    .await?
                    .map(|row| {
                        Ok(Position {
                            epoch: row.try_get("epoch")?,
                            seq: row.try_get("seq")?,
                        })
                    })
                    .transpose()
            }

            pub(in super::super) async fn advance(
                tx: &mut Tx,
                bridge: Bridge,
                to: &Position,
                message: Option<Uuid>,
            ) -> sqlx::Result<()> {
                sqlx::query(
                    "INSERT INTO bot_position (chat_id, room_id, epoch, seq) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (chat_id, room_id)
                     DO UPDATE SET epoch = excluded.epoch, seq = excluded.seq
                     WHERE bot_position.epoch <> excluded.epoch OR bot_position.seq < excluded.seq",
                )
                .bind(bridge.chat.0)
                .bind(bridge.room.to_string())
                .bind(&to.epoch)
                .bind(to.seq)
                .execute(&mut **tx)
                .await?;
                if let Some(message) = message {
                    sqlx::query("DELETE FROM bot_intent WHERE chat_id = $1 AND message_id = $2")
                        .bind(bridge.chat.0)
                        .bind(message.to_string())
                        .execute(&mut **tx)
                        .await?;
                }
                Ok(())
            }

            pub(in super::super) async fn intend(
                tx: &mut Tx,
                bridge: Bridge,
                at: &Position,
                message: Uuid,
                part: i32,
            ) -> sqlx::Result<Intent> {
                // In one statement: what advances the position removes the intents with it.
                let told: Option<i32> = sqlx::query_scalar(
                    "SELECT CASE
                         WHEN EXISTS (SELECT 1 FROM bot_position
                                      WHERE chat_id = $1 AND room_id = $4 AND epoch = $5 AND seq >= $6)
                         THEN 1
                         ELSE (SELECT told FROM bot_intent
                               WHERE chat_id = $1 AND message_id = $2 AND part = $3)
                     END",
                )
                .bind(bridge.chat.0)
                .bind(message.to_string())
                .bind(part)
                .bind(bridge.room.to_string())
                .bind(&at.epoch)
                .bind(at.seq)
                .fetch_one(&mut **tx)
                .await?;
                match told {
                    None => {}
                    Some(0) => return Ok(Intent::Uncertain),
                    Some(_) => return Ok(Intent::Told),
                }
                sqlx::query("INSERT INTO bot_intent (chat_id, message_id, part) VALUES ($1, $2, $3)")
                    .bind(bridge.chat.0)
                    .bind(message.to_string())
                    .bind(part)
                    .execute(&mut **tx)
                    .await?;
                Ok(Intent::New)
            }

            pub(in super::super) async fn withdraw(
                tx: &mut Tx,
                chat: ChatId,
                message: Uuid,
                part: i32,
            ) -> sqlx::Result<()> {
                sqlx::query(
                    "DELETE FROM bot_intent WHERE chat_id = $1 AND message_id = $2 AND part = $3",
                )
                .bind(chat.0)
                .bind(message.to_string())
                .bind(part)
                .execute(&mut **tx)
                .await?;
                Ok(())
            }

            pub(in super::super) async fn told(
                tx: &mut Tx,
                chat: ChatId,
                message: Uuid,
                part: i32,
                telegram_message: Option<i64>,
            ) -> sqlx::Result<()> {
                sqlx::query(
                    "UPDATE bot_intent SET told = 1
                     WHERE chat_id = $1 AND message_id = $2 AND part = $3",
                )
                .bind(chat.0)
                .bind(message.to_string())
                .bind(part)
                .execute(&mut **tx)
                .await?;
                if let Some(id) = telegram_message {
                    map(tx, TelegramSource { chat, message: id }, message).await?;
                }
                Ok(())
            }
        }
    };
}

statements!(postgres, sqlx::Postgres, sqlx::postgres::PgRow);
statements!(sqlite, sqlx::Sqlite, sqlx::sqlite::SqliteRow);
