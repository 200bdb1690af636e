//! Messages and read positions.

use proto::chat::{self as v1, read_history_request};

use super::fields::{caller, narrow};
use crate::{
    application::{
        Limit, Sent,
        get_message::{GetMessage, MessageView},
        mark_read::MarkRead,
        read_history::{Anchor, History, ReadHistory},
        send_message::SendMessage,
    },
    domain::{Count, Invalid},
    wire,
};

impl TryFrom<v1::SendMessageRequest> for SendMessage {
    type Error = Invalid;

    fn try_from(request: v1::SendMessageRequest) -> Result<Self, Invalid> {
        let reply_to = request.reply_to.map(|id| id.parse()).transpose();
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            id: request.message_id.parse()?,
            body: request.body.parse()?,
            reply_to: reply_to.map_err(|invalid: Invalid| invalid.of("reply_to"))?,
        })
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
