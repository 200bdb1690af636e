//! The consumer "notification-router" of chat's events.

mod dead_letters;
mod decode;
mod in_flight;
mod span;

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, ConsumeError, Consumer, Received};
use proto::topics::{CHAT_EVENTS, PARTITIONS};
use runtime::Shutdown;
use runtime::health::Component;
use tokio::time::{Instant, sleep, sleep_until};

use crate::application::{Event, Hold, RouteEvents};
use dead_letters::DeadLetters;
use in_flight::InFlight;

/// The consumer group: every event goes through one of its members.
pub(crate) const GROUP: &str = "notification-router";

/// At most so many records are taken at once.
const RECORDS: usize = 500;

/// Offsets are committed at most this often: what was delivered since the last time would be
/// delivered again after a crash, and gateways drop it.
const COMMIT_EVERY: Duration = Duration::from_millis(100);

/// Pauses after failures grow from the first to the second.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));

/// Takes events from the log, hands them to the router, and commits what all gateways have.
pub struct EventConsumer {
    bus: Arc<dyn Bus>,
    router: RouteEvents,
    dead_letters: DeadLetters,
    ready: Component,
    shutdown: Shutdown,
    pause: Duration,
}

impl EventConsumer {
    /// `ready` is told when the log has answered. It stays ready when the log goes away later: gateways
    /// can attach and redeem tickets all the same.
    pub fn new(
        bus: Arc<dyn Bus>,
        router: RouteEvents,
        ready: Component,
        shutdown: Shutdown,
    ) -> Self {
        Self {
            dead_letters: DeadLetters::new(bus.publisher()),
            bus,
            router,
            ready,
            shutdown,
            pause: PAUSES.0,
        }
    }

    /// Runs until the shutdown: then it receives nothing more, finishes what is under way, commits it
    /// and leaves the group.
    pub async fn run(mut self) {
        let Some(mut consumer) = self.join().await else {
            return;
        };
        let mut in_flight = InFlight::default();
        self.consume(&mut *consumer, &mut in_flight).await;

        let finish = async {
            while in_flight.finish_first().await {}
            if let Err(error) = consumer.commit(&in_flight.take_finished()).await {
                tracing::warn!(%error, "the last offsets are not committed: their events are sent again");
            }
        };
        tokio::select! {
            () = finish => {}
            () = self.shutdown.hard() => {
                tracing::warn!("stopping with events under way: another replica sends them again");
            }
        }
    }

    /// Joins the group; `None` when told to stop meanwhile.
    async fn join(&mut self) -> Option<Box<dyn Consumer>> {
        let shutdown = self.shutdown.clone();
        loop {
            let joined = tokio::select! {
                () = shutdown.soft() => return None,
                joined = self.try_join() => joined,
            };
            match joined {
                Ok(consumer) => {
                    self.ready.ready();
                    return Some(consumer);
                }
                Err(reason) => {
                    self.failed("the event log can't be joined", &reason)
                        .await?;
                }
            }
        }
    }

    async fn try_join(&self) -> Result<Box<dyn Consumer>, String> {
        let made = self.bus.ensure_topic(CHAT_EVENTS, PARTITIONS).await;
        made.map_err(|error| error.to_string())?;
        let joined = self.bus.subscribe(GROUP, &[CHAT_EVENTS]).await;
        joined.map_err(|error| error.to_string())
    }

    async fn consume(&mut self, consumer: &mut dyn Consumer, in_flight: &mut InFlight) {
        let shutdown = self.shutdown.clone();
        let mut commit_at = Instant::now();
        loop {
            tokio::select! {
                () = shutdown.soft() => return,
                _ = in_flight.finish_first(), if !in_flight.is_empty() => {}
                () = sleep_until(commit_at), if in_flight.has_finished() => {
                    commit_at = Instant::now() + COMMIT_EVERY;
                    if self.commit(consumer, in_flight).await.is_none() {
                        return;
                    }
                }
                received = consumer.receive(RECORDS), if in_flight.has_room() => {
                    if self.handle(received, in_flight).await.is_none() {
                        return;
                    }
                }
            }
        }
    }

    /// `None` when told to stop meanwhile.
    async fn handle(
        &mut self,
        received: Result<Vec<Received>, ConsumeError>,
        in_flight: &mut InFlight,
    ) -> Option<()> {
        let records = match received {
            Ok(records) => records,
            Err(error) => {
                return self
                    .failed("no events are received", &error.to_string())
                    .await;
            }
        };
        let received_at = Instant::now();
        self.pause = PAUSES.0;
        let (hold, pending) = Hold::new();
        let mut spans = Vec::with_capacity(records.len());
        let mut events: Vec<Event> = Vec::with_capacity(records.len());
        for record in &records {
            let span = span::process(record);
            match decode::event(record, &span) {
                Ok(event) => events.push(event),
                Err(reason) => {
                    self.dead_letters
                        .put_aside(record.clone(), reason, hold.clone());
                }
            }
            spans.push(span);
        }
        let shutdown = self.shutdown.clone();
        tokio::select! {
            () = self.router.route(&events, &hold) => {}
            // It was waiting for a gateway to appear. Nothing of this batch is committed.
            () = shutdown.soft() => return None,
        }
        in_flight.push(received_at, records, spans, pending);
        Some(())
    }

    /// `None` when told to stop meanwhile.
    async fn commit(
        &mut self,
        consumer: &mut dyn Consumer,
        in_flight: &mut InFlight,
    ) -> Option<()> {
        let done = in_flight.take_finished();
        match consumer.commit(&done).await {
            Ok(()) => Some(()),
            Err(error) => {
                in_flight.give_back(done);
                self.failed("offsets are not committed", &error.to_string())
                    .await
            }
        }
    }

    /// Waits a while; `None` when told to stop meanwhile.
    async fn failed(&mut self, what: &'static str, reason: &str) -> Option<()> {
        tracing::warn!(reason, "{what}: trying again");
        let pause = self.pause;
        self.pause = (pause * 2).min(PAUSES.1);
        tokio::select! {
            () = self.shutdown.soft() => None,
            () = sleep(pause) => Some(()),
        }
    }
}
