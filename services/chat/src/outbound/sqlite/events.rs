//! Questions of `events`, and the one way by which facts are written.

use async_trait::async_trait;
use serde_json::Value;

use super::{Unit, json, row::millis, store_error};
use crate::{
    application::ports::{Changes, FindEvents, Missing, RecordEvents, StoreError},
    domain::{Message, RoomEvent, RoomId, Seq},
    outbound::{
        facts::{Fact, facts},
        rows,
        rows::Columns,
        stored_event,
    },
};

#[async_trait]
impl FindEvents for Unit {
    /// Index: the events' key.
    async fn events(
        &mut self,
        room: RoomId,
        after: Seq,
        limit: u32,
    ) -> Result<Vec<RoomEvent>, StoreError> {
        let found = sqlx::query(
            "SELECT payload FROM events WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3",
        )
        .bind(room.uuid())
        .bind(after.get())
        .bind(i64::from(limit))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, |row| stored_event::decode(&row.bytes("payload")?))
    }

    /// Index: the events' key, once per stretch.
    async fn sizes(&mut self, stretches: &[Missing]) -> Result<Vec<u64>, StoreError> {
        let sizes: Vec<i64> = sqlx::query_scalar(
            "SELECT (
                 SELECT coalesce(sum(length(e.payload)), 0)
                 FROM events e
                 WHERE e.room_id = unhex(s.value ->> 0)
                   AND e.seq > s.value ->> 1
                   AND e.seq <= s.value ->> 2
             )
             FROM json_each($1) s
             ORDER BY s.key",
        )
        .bind(table(stretches))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        Ok(sizes.into_iter().map(i64::cast_unsigned).collect())
    }

    /// Index: the events' key, once per stretch.
    async fn missing(&mut self, stretches: &[Missing]) -> Result<Vec<RoomEvent>, StoreError> {
        let found = sqlx::query(
            "SELECT e.payload
             FROM json_each($1) s
             CROSS JOIN events e
                ON e.room_id = unhex(s.value ->> 0)
               AND e.seq > s.value ->> 1
               AND e.seq <= s.value ->> 2
             ORDER BY s.key, e.seq",
        )
        .bind(table(stretches))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, |row| stored_event::decode(&row.bytes("payload")?))
    }
}

fn table(stretches: &[Missing]) -> String {
    json::table(stretches.iter().map(|stretch| {
        [
            json::id(stretch.room.uuid()),
            stretch.after.get().into(),
            stretch.up_to.get().into(),
        ]
    }))
}

const HEADS: &str = "
    UPDATE rooms SET last_seq = h.value ->> 1, last_n = h.value ->> 2
    FROM json_each($1) h
    WHERE rooms.id = unhex(h.value ->> 0)";

const READS: &str = "
    UPDATE members SET read_n = h.value ->> 2
    FROM json_each($1) h
    WHERE room_id = unhex(h.value ->> 0) AND user_id = unhex(h.value ->> 1)
      AND read_n < h.value ->> 2";

const MESSAGES: &str = "
    INSERT INTO messages (id, room_id, n, seq, sender_id, body, reply_to, created_at,
                          source_network, source_chat, source_message)
    SELECT unhex(value ->> 0), unhex(value ->> 1), value ->> 2, value ->> 3, unhex(value ->> 4),
           value ->> 5, unhex(value ->> 6), value ->> 7, value ->> 8, value ->> 9, value ->> 10
    FROM json_each($1)";

const EVENTS: &str = "
    INSERT INTO events (room_id, seq, payload)
    SELECT unhex(value ->> 1), value ->> 2, unhex(value ->> 5)
    FROM json_each($1)
    WHERE value ->> 2 IS NOT NULL";

/// Positions are given in the order of the facts.
const OUTBOX: &str = "
    INSERT INTO outbox (shard, key, event_id, event_type, payload, traceparent, happened_at)
    SELECT value ->> 0, unhex(value ->> 1), unhex(value ->> 3), value ->> 4, unhex(value ->> 5),
           value ->> 6, value ->> 7
    FROM json_each($1)
    ORDER BY key";

#[async_trait]
impl RecordEvents for Unit {
    async fn record(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let heads = json::table(changes.heads.iter().map(|(room, head)| {
            [
                json::id(room.uuid()),
                head.seq.get().into(),
                head.n.get().into(),
            ]
        }));
        self.write(HEADS, &heads).await?;

        if !changes.messages.is_empty() {
            let messages = json::table(changes.messages.iter().map(message));
            self.write(MESSAGES, &messages).await?;
            let reads = json::table(changes.reads.iter().map(|read| {
                [
                    json::id(read.room.uuid()),
                    json::id(read.user.uuid()),
                    read.read_n.get().into(),
                ]
            }));
            self.write(READS, &reads).await?;
        }

        let facts = facts(changes, self.epoch);
        let facts = json::table(facts.iter().map(fact));
        self.write(EVENTS, &facts).await?;
        self.write(OUTBOX, &facts).await?;
        self.touched = true;
        Ok(())
    }
}

impl Unit {
    async fn write(&mut self, sql: &'static str, table: &str) -> Result<(), StoreError> {
        sqlx::query(sql)
            .bind(table)
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

fn message(message: &Message) -> [Value; 11] {
    let source = message.source.as_ref();
    [
        json::id(message.id.uuid()),
        json::id(message.room.uuid()),
        message.n.get().into(),
        message.seq.get().into(),
        json::id(message.sender.id.uuid()),
        message.body.as_str().into(),
        message
            .reply_to
            .map_or(Value::Null, |id| json::id(id.uuid())),
        millis(message.created_at).into(),
        source.map(|source| source.network.as_str()).into(),
        source.map(|source| source.chat.as_str()).into(),
        source.map(|source| source.message_id.as_str()).into(),
    ]
}

fn fact(fact: &Fact) -> [Value; 8] {
    [
        fact.shard.number().into(),
        json::id(fact.key),
        fact.seq.into(),
        json::id(fact.event_id),
        fact.event_type.into(),
        json::bytes(&fact.payload),
        fact.traceparent.as_deref().into(),
        millis(fact.at).into(),
    ]
}
