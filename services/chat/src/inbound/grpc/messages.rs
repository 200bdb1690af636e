//! Messages and read positions.

use proto::chat::{self as v1, read_history_request};
use uuid::{Variant, Version};

use super::fields::{caller, narrow};
use crate::{
    application::{
        Limit, Sent,
        get_message::{GetMessage, MessageView},
        mark_read::MarkRead,
        read_history::{Anchor, History, ReadHistory},
        send_message::SendMessage,
    },
    domain::{Count, Invalid, MessageId},
    wire,
};

impl TryFrom<v1::SendMessageRequest> for SendMessage {
    type Error = Invalid;

    fn try_from(request: v1::SendMessageRequest) -> Result<Self, Invalid> {
        let reply_to = request.reply_to.map(|id| id.parse()).transpose();
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            id: own_id(&request.message_id)?,
            body: request.body.parse()?,
            reply_to: reply_to.map_err(|invalid: Invalid| invalid.of("reply_to"))?,
        })
    }
}

/// The id that a client made, a `UUIDv7`. Name-based ids above all are refused: they are those of messages
/// that come over a bridge. Anybody can compute the next one, and whoever took it would keep that message
/// out of the room.
fn own_id(text: &str) -> Result<MessageId, Invalid> {
    let refused = || Invalid::new("id", "bad_id", "must be a UUIDv7");
    let id: MessageId = text.parse().map_err(|_| refused())?;
    match (id.uuid().get_version(), id.uuid().get_variant()) {
        (Some(Version::SortRand), Variant::RFC4122) => Ok(id),
        _ => Err(refused()),
    }
}

impl TryFrom<v1::GetMessageRequest> for GetMessage {
    type Error = Invalid;

    fn try_from(request: v1::GetMessageRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            message: request.message_id.parse()?,
        })
    }
}

impl TryFrom<v1::ReadHistoryRequest> for ReadHistory {
    type Error = Invalid;

    fn try_from(request: v1::ReadHistoryRequest) -> Result<Self, Invalid> {
        use read_history_request::Anchor as Asked;
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            anchor: match request.anchor {
                None => Anchor::Newest,
                Some(Asked::Before(n)) => Anchor::Before(Count::new(n)),
                Some(Asked::After(n)) => Anchor::After(Count::new(n)),
                Some(Asked::Around(n)) => Anchor::Around(Count::new(n)),
            },
            limit: Limit::page(request.limit)?,
        })
    }
}

impl TryFrom<v1::MarkReadRequest> for MarkRead {
    type Error = Invalid;

    fn try_from(request: v1::MarkReadRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            n: Count::new(request.n),
        })
    }
}

impl From<Sent> for v1::SendMessageResponse {
    fn from(sent: Sent) -> Self {
        Self {
            message: Some(wire::message(&sent.message)),
            duplicate: sent.duplicate,
        }
    }
}

impl From<MessageView> for v1::GetMessageResponse {
    fn from(view: MessageView) -> Self {
        Self {
            message: Some(wire::message(&view.message)),
            read_by: narrow(view.read_by),
        }
    }
}

impl From<History> for v1::ReadHistoryResponse {
    fn from(history: History) -> Self {
        Self {
            messages: history.messages.iter().map(wire::message).collect(),
            next: history.next.map(Count::get),
            seq: history.seq.get(),
        }
    }
}

impl From<Count> for v1::MarkReadResponse {
    fn from(read_n: Count) -> Self {
        Self {
            read_n: read_n.get(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_of_version_7_is_a_clients_own() {
        own_id("01936b2e-7c00-7000-8000-00000000000a").unwrap();
        for (what, id) in [
            ("random", "6f0c4b6e-31a5-4b0e-9c1d-7a2f55e8d410"),
            ("of a bridge", "6f0c4b6e-31a5-5b0e-9c1d-7a2f55e8d410"),
            ("nil", "00000000-0000-0000-0000-000000000000"),
            ("max", "ffffffff-ffff-ffff-ffff-ffffffffffff"),
            (
                "of a foreign variant",
                "01936b2e-7c00-7000-0000-00000000000a",
            ),
            ("none", "7"),
        ] {
            let refused = own_id(id).expect_err(what);
            assert_eq!((refused.field, refused.code), ("id", "bad_id"), "{what}");
        }
    }
}
