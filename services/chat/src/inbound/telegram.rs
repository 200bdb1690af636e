//! Consumes `telegram.messages.v1`: what bridges hear in Telegram becomes messages of rooms.
//!
//! A record is committed when its message is in the room or the record among the dead letters, so
//! nothing is lost; it may be handled twice, and ids that are derived from Telegram's make the second
//! time a repetition of the first.

mod message;

use std::{sync::Arc, time::Duration};

use bus::{Bus, ConsumeError, Consumer, PublishError, Publisher, Received, dead_letter};
use proto::topics::TELEGRAM_MESSAGES;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span, field};

use self::message::{Unusable, posts};
use crate::application::{
    self, Contexts, Handle, Kind, Service, post_bridged_message::PostBridgedMessage,
};

/// The consumer group of all replicas.
const GROUP: &str = "chat-telegram";
/// Records taken at once.
const RECORDS: usize = 32;
/// The pause after a failure; each further one in a row doubles it.
const SHORTEST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// So often in a row the first waiting record may meet a defect of ours before it is put aside.
const ATTEMPTS: u32 = 8;

/// Posts what comes over the bridge.
pub(crate) struct TelegramMessages {
    service: Arc<Service>,
    contexts: Contexts,
    bus: Arc<dyn Bus>,
    publisher: Arc<dyn Publisher>,
}

/// Why a batch was not finished; the rest of it is delivered again.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot consume: {0}")]
    Consume(#[from] ConsumeError),
    #[error("cannot put a record aside: {0}")]
    DeadLetter(#[from] PublishError),
    #[error("cannot post: {0}")]
    Post(application::Error),
}

/// Why a record was not posted.
enum Obstacle {
    /// Never will be.
    Unusable(Unusable),
    /// Perhaps next time.
    Failed(application::Error),
}

impl TelegramMessages {
    pub(crate) fn new(service: Arc<Service>, contexts: Contexts, bus: Arc<dyn Bus>) -> Self {
        let publisher = bus.publisher();
        Self {
            service,
            contexts,
            bus,
            publisher,
        }
    }

    /// Works until `stop`. What is cut half-way is delivered again.
    pub(crate) async fn run(self, stop: CancellationToken) {
        tokio::select! {
            () = self.consume() => {}
            () = stop.cancelled() => {}
        }
    }

    /// Never ends.
    async fn consume(&self) {
        let mut consumer = None;
        let mut failures = 0;
        loop {
            let Err(failure) = self.turn(&mut consumer, &mut failures).await else {
                continue;
            };
            failures += 1;
            let pause = pause(failures);
            tracing::warn!(error = %failure, ?pause, "telegram messages wait");
            sleep(pause).await;
            if let Some(joined) = &mut consumer
                && joined.rewind().await.is_err()
            {
                consumer = None;
            }
        }
    }

    /// Takes a batch, handles it as far as it goes, commits that.
    async fn turn(
        &self,
        consumer: &mut Option<Box<dyn Consumer>>,
        failures: &mut u32,
    ) -> Result<(), Failure> {
        let consumer = match consumer {
            Some(consumer) => consumer,
            None => consumer.insert(self.bus.subscribe(GROUP, &[TELEGRAM_MESSAGES]).await?),
        };
        let batch = consumer.receive(RECORDS).await?;
        let (done, outcome) = self.handle_all(&batch, *failures).await;
        if done > 0 {
            *failures = 0;
            consumer.commit(&batch[..done]).await?;
        }
        outcome
    }

    /// Handles records in order up to the first failure; answers how many are done.
    async fn handle_all(&self, batch: &[Received], failures: u32) -> (usize, Result<(), Failure>) {
        for (done, received) in batch.iter().enumerate() {
            let failures = if done == 0 { failures } else { 0 };
            let outcome = self.handle(received, failures).instrument(span(received));
            if let Err(failure) = outcome.await {
                return (done, Err(failure));
            }
        }
        (batch.len(), Ok(()))
    }

    async fn handle(&self, received: &Received, failures: u32) -> Result<(), Failure> {
        let reason = match self.post(received).await {
            Ok(()) => return Ok(()),
            Err(Obstacle::Unusable(unusable)) => unusable.to_string(),
            Err(Obstacle::Failed(error)) if is_final(&error, failures) => error.to_string(),
            Err(Obstacle::Failed(error)) => return Err(Failure::Post(error)),
        };
        let span = Span::current();
        span.record("otel.status_code", "ERROR");
        span.record("error.type", "dead_letter");
        tracing::warn!(
            reason,
            offset = received.offset,
            "a telegram message is put aside"
        );
        dead_letter(&*self.publisher, received, &reason).await?;
        Ok(())
    }

    async fn post(&self, received: &Received) -> Result<(), Obstacle> {
        for post in posts(received).map_err(Obstacle::Unusable)? {
            let context = self.contexts.begin();
            Handle::<PostBridgedMessage>::handle(&*self.service, &context, &post)
                .await
                .map_err(Obstacle::Failed)?;
        }
        Ok(())
    }
}

/// Whether posting the record again would fail again. A defect may be another record's or last
/// minute's, so it gets some attempts.
fn is_final(error: &application::Error, failures: u32) -> bool {
    match error.kind() {
        Kind::Unavailable | Kind::TooMany => false,
        Kind::Internal => failures >= ATTEMPTS,
        Kind::Invalid
        | Kind::Unauthenticated
        | Kind::Forbidden
        | Kind::NotFound
        | Kind::Conflict
        | Kind::Taken => true,
    }
}

fn pause(failures: u32) -> Duration {
    SHORTEST_PAUSE
        .saturating_mul(1 << failures.saturating_sub(1).min(10))
        .min(LONGEST_PAUSE)
}

/// The handling of one record: child of the send, as one record is one message.
fn span(received: &Received) -> Span {
    let span = tracing::info_span!(
        parent: None,
        "process",
        otel.name = "process telegram.messages.v1",
        otel.kind = "consumer",
        otel.status_code = field::Empty,
        error.type = field::Empty,
        messaging.system = "kafka",
        messaging.operation.name = "process",
        messaging.operation.type = "process",
        messaging.destination.name = TELEGRAM_MESSAGES,
        messaging.destination.partition.id = received.partition,
        messaging.consumer.group.name = GROUP,
        messaging.kafka.offset = received.offset,
    );
    if let Ok(record) = &received.record
        && let Some(traceparent) = &record.event.traceparent
    {
        runtime::trace::set_parent(&span, traceparent);
    }
    span
}
