//! Messages and read positions.

use proto::chat::{self as v1, read_history_request};
use uuid::Version;

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

/// The id that a client made. Name-based ids are those of messages that come over a bridge: anybody can
/// compute the next one, and whoever took it would keep that message out of the room.
fn own_id(text: &str) -> Result<MessageId, Invalid> {
    let id: MessageId = text.parse()?;
    match id.uuid().get_version() {
        Some(Version::Sha1 | Version::Md5) => {
            Err(Invalid::new("message_id", "bad_id", "must be a UUIDv7"))
        }
        _ => Ok(id),
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
    fn nobody_takes_the_id_of_a_bridged_message() {
        let id = |version| format!("0191e2a0-0000-{version}000-8000-000000000001");
        assert_eq!(own_id(&id(7)).unwrap().to_string(), id(7));
        for name_based in [3, 5] {
            assert_eq!(own_id(&id(name_based)).unwrap_err().code, "bad_id");
        }
        assert_eq!(own_id("hello").unwrap_err().code, "bad_id");
    }
}
