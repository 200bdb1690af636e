//! Rooms as chat tells them over gRPC.

use async_trait::async_trait;
use proto::{
    chat::{FillGapRequest, chat_service_client::ChatServiceClient},
    event::{self, room_event::Body},
};
use runtime::grpc;
use tonic::Code;

use crate::{
    application::{
        error::Unavailable,
        ports::{RoomPage, Rooms},
    },
    domain::{
        bridge::{ChatId, RoomId},
        event::{Position, RoomEvent, RoomMessage, TelegramSource},
    },
};

/// The kind of source that Telegram's messages have.
const TELEGRAM: &str = "telegram";

/// Asks chat.
#[derive(Clone)]
pub struct ChatRooms {
    chat: ChatServiceClient<grpc::Client>,
}

impl ChatRooms {
    /// Asks over this client.
    pub fn new(chat: grpc::Client) -> Self {
        Self {
            chat: ChatServiceClient::new(chat),
        }
    }
}

#[async_trait]
impl Rooms for ChatRooms {
    async fn events_after(&self, room: RoomId, seq: i64) -> Result<Option<RoomPage>, Unavailable> {
        let request = FillGapRequest {
            room_id: room.to_string(),
            after: seq,
            limit: 0,
        };
        let page = match self.chat.clone().fill_gap(request).await {
            Ok(page) => page.into_inner(),
            Err(status) if status.code() == Code::NotFound => return Ok(None),
            Err(status) => return Err(Unavailable::new("chat", &status.message())),
        };
        Ok(Some(RoomPage {
            events: page
                .events
                .into_iter()
                .filter_map(|event| room_event(event, None))
                .collect(),
            head: Position {
                epoch: page.epoch,
                seq: page.head.map_or(0, |head| head.seq),
            },
        }))
    }
}

/// What a bridge needs of a room's event; `None` where the room's id is none.
pub fn room_event(event: event::RoomEvent, traceparent: Option<String>) -> Option<RoomEvent> {
    Some(RoomEvent {
        room: RoomId(event.room_id.parse().ok()?),
        position: Position {
            epoch: event.epoch,
            seq: event.seq,
        },
        message: match event.body {
            Some(Body::MessageCreated(message)) => room_message(message),
            _ => None,
        },
        traceparent,
    })
}

fn room_message(message: event::Message) -> Option<RoomMessage> {
    let sender = message.sender.unwrap_or_default();
    Some(RoomMessage {
        id: message.id.parse().ok()?,
        author: if sender.display_name.is_empty() {
            sender.username
        } else {
            sender.display_name
        },
        body: message.body,
        source: message.source.and_then(|source| {
            (source.kind == TELEGRAM).then_some(TelegramSource {
                chat: ChatId(source.chat.parse().ok()?),
                message: source.message_id.parse().ok()?,
            })
        }),
    })
}
