//! Telling: a room's messages into its Telegram chat.

use std::{sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use uuid::Uuid;

use super::{
    error::{TelegramError, Unavailable},
    ports::{Intent, Ledger, Rooms, Telegram},
    status::{End, Status},
};
use crate::domain::{
    bridge::Bridge,
    event::{Position, RoomEvent, RoomMessage},
    telling,
};

/// How long a silent room goes without a look at chat.
const BACKSTOP: Duration = Duration::from_secs(30);
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The part number of the notice that a message may be missing.
const NOTICE: i32 = -1;

/// Tells one room to one chat, in the room's order.
///
/// Invariant: everything up to the ledger's position was dealt with. Events come over the bus as long
/// as they follow the position without a gap; a gap, a restart and a quiet while are filled from chat.
/// sendMessage has no idempotency key, so an intent is recorded before each send and its result after
/// it. An intent without a result is not sent again: the chat is told that a message may be missing.
/// A duplicate can therefore not happen, and a loss cannot go unseen.
pub struct Teller {
    /// Which room, which chat.
    pub bridge: Bridge,
    /// Under which name the room's events are published.
    pub topic: &'static str,
    /// Where to.
    pub telegram: Arc<dyn Telegram>,
    /// What was done.
    pub ledger: Arc<dyn Ledger>,
    /// Where from, when the bus did not bring it.
    pub rooms: Arc<dyn Rooms>,
    /// Where it is told why nothing passes.
    pub status: Arc<Status>,
}

impl Teller {
    /// Tells until `events` ends or `stop` says so, which it heeds between two messages. Failures are
    /// waited out.
    pub async fn run(&self, mut events: mpsc::Receiver<RoomEvent>, stop: CancellationToken) {
        let mut pause = FIRST_PAUSE;
        loop {
            match self.follow(&mut events, &stop).await {
                Ok(()) => return,
                Err(_) if stop.is_cancelled() => return,
                Err(error) => {
                    tracing::warn!(%error, bridge = ?self.bridge, "telling is interrupted");
                    self.blocked(End::Room, error.to_string());
                    if stop
                        .run_until_cancelled(tokio::time::sleep(pause))
                        .await
                        .is_none()
                    {
                        return;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    fn blocked(&self, end: End, reason: String) {
        self.status.blocked(self.bridge.chat, end, reason);
    }

    fn passes(&self, end: End) {
        self.status.passes(self.bridge.chat, end);
    }

    async fn follow(
        &self,
        events: &mut mpsc::Receiver<RoomEvent>,
        stop: &CancellationToken,
    ) -> Result<(), Unavailable> {
        let known = self.ledger.position(self.bridge).await?;
        let mut position = self.catch_up(known, stop).await?;
        loop {
            let next = stop
                .run_until_cancelled(timeout(BACKSTOP, events.recv()))
                .await;
            let Some(next) = next else {
                return Ok(());
            };
            match next {
                Ok(None) => return Ok(()),
                Ok(Some(event)) if follows(&event, position.as_ref()) => {
                    self.deal_with(&event, stop).await?;
                    position = Some(event.position);
                }
                Ok(Some(event)) if is_old(&event, position.as_ref()) => {}
                Ok(Some(_)) | Err(_) => position = self.catch_up(position, stop).await?,
            }
        }
    }

    /// Deals with all that chat has after `position`. A new bridge, or a new life of the database,
    /// begins at the room's head: what was said before is not told.
    async fn catch_up(
        &self,
        position: Option<Position>,
        stop: &CancellationToken,
    ) -> Result<Option<Position>, Unavailable> {
        let mut position = position;
        loop {
            let after = position.as_ref().map_or(i64::MAX, |known| known.seq);
            let Some(page) = self.rooms.events_after(self.bridge.room, after).await? else {
                self.blocked(End::Room, "there is no such room".to_owned());
                return Ok(position);
            };
            self.passes(End::Room);
            if position
                .as_ref()
                .is_none_or(|known| known.epoch != page.head.epoch)
            {
                self.ledger.advance(self.bridge, &page.head, None).await?;
                return Ok(Some(page.head));
            }
            if page.events.is_empty() {
                return Ok(position);
            }
            for event in &page.events {
                if stop.is_cancelled() {
                    return Ok(position);
                }
                self.deal_with(event, stop).await?;
                position = Some(event.position.clone());
            }
        }
    }

    async fn deal_with(
        &self,
        event: &RoomEvent,
        stop: &CancellationToken,
    ) -> Result<(), Unavailable> {
        let span = tracing::info_span!(
            "process",
            otel.name = %format_args!("process {}", self.topic),
            otel.kind = "consumer",
            messaging.system = "kafka",
            messaging.operation.name = "process",
            messaging.operation.r#type = "process",
            messaging.destination.name = self.topic,
            chappe.room.id = %event.room,
            chappe.room.seq = event.position.seq,
        );
        if let Some(traceparent) = &event.traceparent {
            runtime::trace::set_parent(&span, traceparent);
        }
        async {
            if let Some(message) = &event.message {
                match message.source {
                    Some(source) if source.chat == self.bridge.chat => {
                        self.ledger.arrived(source, message.id).await?;
                    }
                    _ => self.tell(message, &event.position, stop).await?,
                }
            }
            let message = event.message.as_ref().map(|message| message.id);
            self.ledger
                .advance(self.bridge, &event.position, message)
                .await
        }
        .instrument(span)
        .await
    }

    async fn tell(
        &self,
        message: &RoomMessage,
        at: &Position,
        stop: &CancellationToken,
    ) -> Result<(), Unavailable> {
        let telling = Telling {
            message: message.id,
            at,
            stop,
        };
        let mut uncertain = false;
        for (part, text) in (0..).zip(telling::parts(&message.author, &message.body)) {
            uncertain |= !self.tell_part(&telling, part, &text).await?;
        }
        if uncertain {
            tracing::warn!(message = %message.id, "it is uncertain whether a message was told");
            let notice = telling::notice_of_uncertainty(&message.author);
            self.tell_part(&telling, NOTICE, &notice).await?;
        }
        Ok(())
    }

    /// Sends one part unless it was sent before. Answers whether its outcome is known.
    async fn tell_part(
        &self,
        telling: &Telling<'_>,
        part: i32,
        text: &str,
    ) -> Result<bool, Unavailable> {
        let (chat, message) = (self.bridge.chat, telling.message);
        let mut pause = FIRST_PAUSE;
        loop {
            let intent = self
                .ledger
                .intend(self.bridge, telling.at, message, part)
                .await?;
            match intent {
                Intent::New => {}
                Intent::Told => return Ok(true),
                Intent::Uncertain => return Ok(false),
            }
            match self.telegram.send(chat, text).await {
                Ok(id) => {
                    self.passes(End::Chat);
                    self.record(message, part, Some(id)).await?;
                    return Ok(true);
                }
                Err(TelegramError::Closed(reason)) => {
                    tracing::error!(%chat, %message, reason, "telegram refuses the chat");
                    self.blocked(End::Chat, reason);
                    self.record(message, part, None).await?;
                    return Ok(true);
                }
                Err(TelegramError::Refused(reason)) => {
                    tracing::error!(%chat, %message, reason, "telegram refuses a message");
                    self.record(message, part, None).await?;
                    return Ok(true);
                }
                Err(TelegramError::Uncertain(reason)) => {
                    tracing::warn!(%chat, %message, reason, "the answer to a send was lost");
                    return Ok(false);
                }
                Err(TelegramError::RetryAfter(wait)) => {
                    self.ledger.withdraw(chat, message, part).await?;
                    telling.wait(wait).await?;
                }
                // A refused token is replaced sooner or later: that is no reason to lose a message.
                Err(TelegramError::NotDone(reason) | TelegramError::BadToken(reason)) => {
                    self.ledger.withdraw(chat, message, part).await?;
                    tracing::warn!(%chat, reason, "telegram takes nothing; the message waits");
                    telling.wait(pause).await?;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Records a result with some patience: if it can't be, the send becomes uncertain.
    async fn record(&self, message: Uuid, part: i32, id: Option<i64>) -> Result<(), Unavailable> {
        let told = || self.ledger.told(self.bridge.chat, message, part, id);
        told.retry(ExponentialBuilder::default().with_max_times(6))
            .await
    }
}

/// A message that is being told.
struct Telling<'a> {
    message: Uuid,
    at: &'a Position,
    stop: &'a CancellationToken,
}

impl Telling<'_> {
    /// Waits before the next attempt, unless it is another process's by then.
    async fn wait(&self, pause: Duration) -> Result<(), Unavailable> {
        self.stop
            .run_until_cancelled(tokio::time::sleep(pause))
            .await
            .ok_or_else(|| Unavailable::new("telegram", &"it waits for the next leader"))
    }
}

fn follows(event: &RoomEvent, position: Option<&Position>) -> bool {
    position.is_some_and(|known| {
        known.epoch == event.position.epoch && known.seq + 1 == event.position.seq
    })
}

fn is_old(event: &RoomEvent, position: Option<&Position>) -> bool {
    position
        .is_some_and(|known| known.epoch == event.position.epoch && event.position.seq <= known.seq)
}
