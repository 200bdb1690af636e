//! `chat.events.v1`: the events of bridged rooms, each to the teller of its room.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bus::{Bus, ConsumeError, Consumer, Publisher, Received};
use prost::Message;
use proto::{event, topics};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{
    domain::{bridge::RoomId, event::RoomEvent},
    outbound::rooms::room_event,
};

/// The bot's consumer group.
const GROUP: &str = "bot-bridge";
const BATCH: usize = 500;
const PAUSE: Duration = Duration::from_secs(1);

/// Brings events to the tellers.
///
/// Offsets are committed at once: a teller keeps its own place and asks chat for what it missed, so the
/// bus is only the quick way. For the same reason an event is dropped when its teller has too much.
pub struct Events {
    /// Where from.
    pub bus: Arc<dyn Bus>,
    /// Where to.
    pub tellers: HashMap<RoomId, mpsc::Sender<RoomEvent>>,
}

impl Events {
    /// Reads until it is dropped. Failures are waited out.
    pub async fn run(&self) {
        loop {
            if let Err(error) = self.read().await {
                tracing::warn!(%error, "cannot read events; tellers ask chat meanwhile");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn read(&self) -> Result<(), ConsumeError> {
        let mut consumer = self.bus.subscribe(GROUP, &[topics::CHAT_EVENTS]).await?;
        let publisher = self.bus.publisher();
        loop {
            self.read_batch(consumer.as_mut(), publisher.as_ref())
                .await?;
        }
    }

    async fn read_batch(
        &self,
        consumer: &mut dyn Consumer,
        publisher: &dyn Publisher,
    ) -> Result<(), ConsumeError> {
        let batch = consumer.receive(BATCH).await?;
        for received in &batch {
            if let Err(reason) = self.pass_on(received)
                && let Err(error) = bus::dead_letter(publisher, received, &reason).await
            {
                tracing::warn!(%error, "cannot put a bad record aside; it is read again");
                return consumer.rewind().await;
            }
        }
        consumer.commit(&batch).await
    }

    /// An error is why the record can't be read.
    fn pass_on(&self, received: &Received) -> Result<(), String> {
        let record = received.record.as_ref().map_err(ToString::to_string)?;
        if record.event.r#type.starts_with(topics::PERSONAL_PREFIX) {
            return Ok(());
        }
        let event =
            event::RoomEvent::decode(record.value.clone()).map_err(|error| error.to_string())?;
        let Some(event) = room_event(event, record.event.traceparent.clone()) else {
            return Err("the room's id is no UUID".to_owned());
        };
        if let Some(teller) = self.tellers.get(&event.room)
            && let Err(TrySendError::Full(event)) = teller.try_send(event)
        {
            tracing::debug!(room = %event.room, "a teller is behind and will ask chat");
        }
        Ok(())
    }
}
