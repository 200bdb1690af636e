//! `chat.events.v1`: the events of bridged rooms, each to the teller of its room.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use bus::{Bus, ConsumeError, Consumer, Publisher, Received};
use prost::Message;
use proto::{event, topics};
use tokio::sync::mpsc::{self, error::TrySendError};

use crate::{
    application::ports::RoomEvents,
    domain::{bridge::RoomId, event::RoomEvent},
    outbound::rooms::room_event,
};

const BATCH: usize = 500;
const PAUSE: Duration = Duration::from_secs(1);

type Tellers = HashMap<RoomId, mpsc::Sender<RoomEvent>>;

/// Brings events to the tellers.
///
/// Each bot is a consumer group of its own: members of one group share the partitions, and each bot needs
/// all. A group begins with the oldest record that is kept; tellers drop what they have told. Offsets are
/// committed at once: a teller keeps its own place and asks chat for what it missed, so the
/// bus is only the quick way. For the same reason an event is dropped when its teller has too much.
pub struct Events {
    /// Where from.
    pub bus: Arc<dyn Bus>,
}

#[async_trait]
impl RoomEvents for Events {
    fn topic(&self) -> &'static str {
        topics::CHAT_EVENTS
    }

    async fn bring(&self, bot: i64, rooms: Tellers) {
        let group = format!("bot-{bot}");
        loop {
            if let Err(error) = self.read(&group, &rooms).await {
                tracing::warn!(%error, bot, "cannot read events; tellers ask chat meanwhile");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

impl Events {
    async fn read(&self, group: &str, tellers: &Tellers) -> Result<(), ConsumeError> {
        let mut consumer = self.bus.subscribe(group, &[topics::CHAT_EVENTS]).await?;
        let publisher = self.bus.publisher();
        loop {
            read_batch(consumer.as_mut(), publisher.as_ref(), tellers).await?;
        }
    }
}

async fn read_batch(
    consumer: &mut dyn Consumer,
    publisher: &dyn Publisher,
    tellers: &Tellers,
) -> Result<(), ConsumeError> {
    let batch = consumer.receive(BATCH).await?;
    for received in &batch {
        if let Err(reason) = pass_on(received, tellers)
            && let Err(error) = bus::dead_letter(publisher, received, &reason).await
        {
            tracing::warn!(%error, "cannot put a bad record aside; it is read again");
            return consumer.rewind().await;
        }
    }
    consumer.commit(&batch).await
}

/// An error is why the record can't be read.
fn pass_on(received: &Received, tellers: &Tellers) -> Result<(), String> {
    let record = received.record.as_ref().map_err(ToString::to_string)?;
    if record.event.r#type.starts_with(topics::PERSONAL_PREFIX) {
        return Ok(());
    }
    let event =
        event::RoomEvent::decode(record.value.clone()).map_err(|error| error.to_string())?;
    let Some(event) = room_event(event, record.event.traceparent.clone()) else {
        return Err("the room's id is no UUID".to_owned());
    };
    if let Some(teller) = tellers.get(&event.room)
        && let Err(TrySendError::Full(event)) = teller.try_send(event)
    {
        tracing::debug!(room = %event.room, "a teller is behind and will ask chat");
    }
    Ok(())
}
