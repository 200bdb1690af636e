//! One send: rows of some shards become records of the log.

use std::{iter, sync::Arc};

use bus::{CloudEvent, PublishError, Publisher, Record};
use proto::topics::CHAT_EVENTS;
use tracing::{Span, field};

use super::prefix::{Progress, acknowledged_prefixes};
use crate::application::ports::{OutboxPlace, OutboxRow, Shard};

/// `source` of chat's events.
const SOURCE: &str = "/chappe/chat";

/// Rows of a shard, in order.
pub(super) type ShardRows = (Shard, Vec<OutboxRow>);

/// What became of a shard's rows.
pub(super) struct Sent {
    pub shard: Shard,
    pub rows: Vec<OutboxRow>,
    pub progress: Progress,
}

impl Sent {
    /// The rows that may be removed.
    pub(super) fn done(&self) -> impl Iterator<Item = OutboxPlace> {
        self.progress.done.iter().map(|row| self.rows[*row].place)
    }
}

/// Publishes rows of some shards at once and waits for the log's answers.
pub(super) async fn send(publisher: Arc<dyn Publisher>, lot: Vec<ShardRows>) -> Vec<Sent> {
    let rows = || lot.iter().flat_map(|(_, rows)| rows);
    let spans: Vec<Span> = rows().map(producer_span).collect();
    let records = rows().zip(&spans).map(|(row, span)| record(row, span));
    let answers = publisher.publish(CHAT_EVENTS, records.collect()).await;

    for (span, answer) in spans.iter().zip(&answers) {
        if let Err(error) = answer {
            span.record("error.type", kind(error));
            span.record("otel.status_code", "ERROR");
        }
    }
    if let Some(error) = answers.iter().find_map(|answer| answer.as_ref().err()) {
        tracing::warn!(%error, "facts were not published; they stay in the outbox");
    }
    let mut acknowledged = answers.iter().map(Result::is_ok).chain(iter::repeat(false));
    let sent = lot.into_iter().map(|(shard, rows)| {
        let keys = rows.iter().map(|row| row.key);
        let progress = acknowledged_prefixes(keys.zip(acknowledged.by_ref()));
        Sent {
            shard,
            rows,
            progress,
        }
    });
    sent.collect()
}

fn record(row: &OutboxRow, span: &Span) -> Record {
    let event = CloudEvent {
        id: row.event_id.to_string(),
        source: SOURCE.to_owned(),
        r#type: row.event_type.clone(),
        subject: Some(row.key.to_string()),
        time: row.at,
        traceparent: runtime::trace::traceparent(span).or_else(|| row.traceparent.clone()),
    };
    Record::new(row.key.to_string(), event, row.payload.clone())
}

/// The send of one record, in the trace of the request that caused it.
fn producer_span(row: &OutboxRow) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "send",
        otel.name = "send chat.events.v1",
        otel.kind = "producer",
        otel.status_code = field::Empty,
        error.type = field::Empty,
        messaging.system = "kafka",
        messaging.operation.name = "send",
        messaging.operation.type = "send",
        messaging.destination.name = CHAT_EVENTS,
        messaging.message.id = %row.event_id,
        messaging.kafka.message.key = %row.key,
    );
    if let Some(traceparent) = &row.traceparent {
        runtime::trace::set_parent(&span, traceparent);
    }
    span
}

fn kind(error: &PublishError) -> &'static str {
    match error {
        PublishError::Refused(_) => "refused",
        PublishError::OutOfTurn => "out_of_turn",
        PublishError::Unavailable(_) => "unavailable",
    }
}
