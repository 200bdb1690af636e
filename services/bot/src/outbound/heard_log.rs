//! What was heard, on `telegram.messages.v1`.

use std::{sync::Arc, time::SystemTime};

use async_trait::async_trait;
use bus::{CloudEvent, Publisher, Record};
use prost::Message;
use proto::telegram::{TelegramMessage, TelegramUser};

use crate::{
    application::ports::HeardLog,
    domain::{event::TelegramSource, heard::Heard},
};

/// `ce_source` of the bot's records.
const SOURCE: &str = "/chappe/bot";

/// Publishes to the bus.
pub struct BusHeardLog {
    publisher: Arc<dyn Publisher>,
}

impl BusHeardLog {
    /// Publishes through `publisher`.
    pub fn new(publisher: Arc<dyn Publisher>) -> Self {
        Self { publisher }
    }
}

#[async_trait]
impl HeardLog for BusHeardLog {
    async fn publish(&self, heard: Vec<Heard>) -> Vec<TelegramSource> {
        let sources: Vec<_> = heard.iter().map(source).collect();
        let records = heard.into_iter().map(record).collect();
        let results = self
            .publisher
            .publish(proto::topics::TELEGRAM_MESSAGES, records)
            .await;
        sources
            .into_iter()
            .zip(results)
            .filter_map(|(source, result)| {
                let error = result.err()?;
                tracing::warn!(%error, chat = %source.chat, "cannot publish what was heard");
                Some(source)
            })
            .collect()
    }
}

fn source(heard: &Heard) -> TelegramSource {
    TelegramSource {
        chat: heard.message.chat,
        message: heard.message.id,
    }
}

fn record(heard: Heard) -> Record {
    let span = tracing::info_span!(
        "send telegram.messages.v1",
        otel.kind = "producer",
        messaging.system = "kafka",
        messaging.operation.name = "send",
        messaging.operation.r#type = "send",
        messaging.destination.name = proto::topics::TELEGRAM_MESSAGES,
    );
    if let Some(traceparent) = &heard.traceparent {
        runtime::trace::set_parent(&span, traceparent);
    }
    let chat = heard.message.chat;
    let value = TelegramMessage {
        chat_id: chat.0,
        message_id: heard.message.id,
        room_id: heard.room.to_string(),
        from: Some(TelegramUser {
            id: heard.message.sender.id,
            display_name: heard.message.sender.name,
            username: heard.message.sender.handle,
        }),
        text: heard.message.text,
        sent_at: Some(SystemTime::from(heard.message.sent_at).into()),
    };
    let event = CloudEvent {
        id: format!("{chat}/{}", value.message_id),
        source: SOURCE.to_owned(),
        r#type: proto::topics::TELEGRAM_MESSAGE_TYPE.to_owned(),
        subject: Some(format!("room:{}", heard.room)),
        time: heard.message.sent_at,
        traceparent: span.in_scope(runtime::trace::current_traceparent),
    };
    Record::new(chat.to_string(), event, value.encode_to_vec())
}
