//! Questions of `events`, and the one statement by which facts are written.

use async_trait::async_trait;

use super::{Unit, store_error};
use crate::{
    application::ports::{Changes, FindEvents, Missing, RecordEvents, StoreError},
    domain::{MessageId, MessageSource, RoomEvent, RoomId, Seq},
    outbound::{
        facts::{Fact, facts},
        rows,
        rows::Columns,
        stored_event,
    },
};

#[async_trait]
impl FindEvents for Unit {
    /// Index: `events_pkey`.
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

    /// Index: `events_pkey`, once per stretch. The length of a value that is kept elsewhere is known
    /// without it.
    async fn sizes(&mut self, stretches: &[Missing]) -> Result<Vec<u64>, StoreError> {
        let sizes: Vec<i64> = sqlx::query_scalar(
            "SELECT e.size
             FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])
                  WITH ORDINALITY AS s (room_id, after, up_to, place)
             CROSS JOIN LATERAL (
                 SELECT coalesce(sum(octet_length(payload)), 0) AS size
                 FROM events
                 WHERE room_id = s.room_id AND seq > s.after AND seq <= s.up_to
             ) e
             ORDER BY s.place",
        )
        .bind(each(stretches, |stretch| stretch.room.uuid()))
        .bind(each(stretches, |stretch| stretch.after.get()))
        .bind(each(stretches, |stretch| stretch.up_to.get()))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        Ok(sizes.into_iter().map(i64::cast_unsigned).collect())
    }

    /// Index: `events_pkey`, once per stretch.
    async fn missing(&mut self, stretches: &[Missing]) -> Result<Vec<RoomEvent>, StoreError> {
        let found = sqlx::query(
            "SELECT e.payload
             FROM unnest($1::uuid[], $2::bigint[], $3::bigint[])
                  WITH ORDINALITY AS s (room_id, after, up_to, place)
             CROSS JOIN LATERAL (
                 SELECT seq, payload
                 FROM events
                 WHERE room_id = s.room_id AND seq > s.after AND seq <= s.up_to
             ) e
             ORDER BY s.place, e.seq",
        )
        .bind(each(stretches, |stretch| stretch.room.uuid()))
        .bind(each(stretches, |stretch| stretch.after.get()))
        .bind(each(stretches, |stretch| stretch.up_to.get()))
        .fetch_all(self.connection())
        .await
        .map_err(store_error)?;
        rows::all(&found, |row| stored_event::decode(&row.bytes("payload")?))
    }
}

/// Everything in one round trip. Outbox positions are given in the order of the facts.
const RECORD: &str = "
    WITH heads AS (
        UPDATE rooms r SET last_seq = h.seq, last_n = h.n
        FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS h (room_id, seq, n)
        WHERE r.id = h.room_id
    ), reads AS (
        UPDATE members m SET read_n = h.n
        FROM unnest($4::uuid[], $5::uuid[], $6::bigint[]) AS h (room_id, user_id, n)
        WHERE m.room_id = h.room_id AND m.user_id = h.user_id AND m.read_n < h.n
    ), written AS (
        INSERT INTO messages (id, room_id, n, seq, sender_id, body, reply_to, created_at,
                              source_network, source_chat, source_message)
        SELECT * FROM unnest($7::uuid[], $8::uuid[], $9::bigint[], $10::bigint[], $11::uuid[],
                             $12::text[], $13::uuid[], $14::timestamptz[],
                             $15::text[], $16::text[], $17::text[])
    ), facts AS MATERIALIZED (
        SELECT * FROM unnest($18::smallint[], $19::uuid[], $20::bigint[], $21::uuid[], $22::text[],
                             $23::bytea[], $24::text[], $25::timestamptz[])
        WITH ORDINALITY AS f (shard, key, seq, event_id, event_type, payload, traceparent,
                              happened_at, place)
    ), happened AS (
        INSERT INTO events (room_id, seq, payload)
        SELECT key, seq, payload FROM facts WHERE seq IS NOT NULL
    )
    INSERT INTO outbox (shard, key, event_id, event_type, payload, traceparent, happened_at)
    SELECT shard, key, event_id, event_type, payload, traceparent, happened_at
    FROM facts
    ORDER BY place";

#[async_trait]
impl RecordEvents for Unit {
    async fn record(&mut self, changes: &Changes) -> Result<(), StoreError> {
        let Changes {
            heads,
            messages,
            reads,
            ..
        } = changes;
        let mut facts = facts(changes, self.epoch);
        self.touch(&facts);
        let payloads: Vec<_> = facts
            .iter_mut()
            .map(|f| std::mem::take(&mut f.payload))
            .collect();
        let facts: &[Fact] = &facts;
        let source = |part: fn(&MessageSource) -> &str| -> Vec<Option<&str>> {
            messages
                .iter()
                .map(|m| m.source.as_ref().map(part))
                .collect()
        };

        sqlx::query(RECORD)
            .bind(each(heads, |(room, _)| room.uuid()))
            .bind(each(heads, |(_, head)| head.seq.get()))
            .bind(each(heads, |(_, head)| head.n.get()))
            .bind(each(reads, |read| read.room.uuid()))
            .bind(each(reads, |read| read.user.uuid()))
            .bind(each(reads, |read| read.read_n.get()))
            .bind(each(messages, |message| message.id.uuid()))
            .bind(each(messages, |message| message.room.uuid()))
            .bind(each(messages, |message| message.n.get()))
            .bind(each(messages, |message| message.seq.get()))
            .bind(each(messages, |message| message.sender.id.uuid()))
            .bind(messages.iter().map(|m| m.body.as_str()).collect::<Vec<_>>())
            .bind(each(messages, |message| {
                message.reply_to.map(MessageId::uuid)
            }))
            .bind(each(messages, |message| message.created_at))
            .bind(source(|source| &source.network))
            .bind(source(|source| &source.chat))
            .bind(source(|source| &source.message_id))
            .bind(each(facts, |fact| fact.shard.number().cast_signed()))
            .bind(each(facts, |fact| fact.key))
            .bind(each(facts, |fact| fact.seq))
            .bind(each(facts, |fact| fact.event_id))
            .bind(each(facts, |fact| fact.event_type))
            .bind(payloads)
            .bind(
                facts
                    .iter()
                    .map(|f| f.traceparent.as_deref())
                    .collect::<Vec<_>>(),
            )
            .bind(each(facts, |fact| fact.at))
            .execute(self.connection())
            .await
            .map_err(store_error)?;
        Ok(())
    }
}

fn each<T, U>(items: &[T], read: impl Fn(&T) -> U) -> Vec<U> {
    items.iter().map(read).collect()
}
