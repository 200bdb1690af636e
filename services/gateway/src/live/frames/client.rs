//! What clients say.

use std::borrow::Cow;
use std::collections::HashMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Count, Epoch, MessageId, RoomId, Seq, UserId};

/// A frame of the client.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "t", rename_all = "snake_case")]
pub enum ClientFrame {
    /// The first frame: what the client has already.
    Hello(Hello),
    /// Writes a message.
    Send(Send),
    /// Not in this version: answered with `error` `unsupported`.
    Edit(LaterRequest),
    /// Not in this version: answered with `error` `unsupported`.
    Delete(LaterRequest),
    /// Not in this version: answered with `error` `unsupported`.
    React(LaterRequest),
    /// Not in this version: answered with `error` `unsupported`.
    Unreact(LaterRequest),
    /// Has read a room up to a message.
    Read(MarkRead),
    /// Not in this version: answered with `error` `unsupported`.
    Typing(Typing),
    /// Not in this version: answered with `error` `unsupported`.
    Watch(Watch),
    /// Asks for the events after a position once more.
    Replay(Replay),
    /// Stays with a fresh access token.
    Auth(Auth),
    /// Answers `ping`.
    Pong,
}

/// The client's name for a request, repeated in its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Reference {
    /// A number.
    Number(i64),
    /// A text.
    Text(String),
}

/// The last seq that the client has of each room.
#[derive(Debug, Default, Deserialize, JsonSchema)]
pub struct Hello {
    /// The life of the database that the positions belong to.
    #[serde(default)]
    pub epoch: Option<Epoch>,
    /// Positions by room.
    #[serde(default)]
    pub rooms: HashMap<RoomId, Seq>,
    /// How far the person has read, by room, as the client knows it: rooms whose read position is another come in
    /// `welcome` also where `seq` is the same.
    #[serde(default)]
    pub reads: HashMap<RoomId, Count>,
}

/// A message to write.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Send {
    /// Repeated in `ack` or `error`.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// Made by the client (`UUIDv7`); the same id again answers the first result.
    pub id: MessageId,
    /// Where to.
    pub room: RoomId,
    /// The text.
    pub body: String,
    /// The message that it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// Not in this version: only an empty list is accepted.
    #[serde(default)]
    pub attachments: Vec<serde_json::Value>,
    /// W3C trace context of the sender.
    #[serde(default)]
    pub traceparent: Option<String>,
}

/// A request of a later version of the protocol.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct LaterRequest {
    /// Repeated in `error`.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// Which message.
    pub message: MessageId,
}

/// The room was read.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct MarkRead {
    /// Which room.
    pub room: RoomId,
    /// Up to this message; never moves backwards.
    pub n: Count,
}

/// The person is writing.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Typing {
    /// Where.
    pub room: RoomId,
}

/// Whose presence is wanted.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Watch {
    /// Up to 200 people.
    pub users: Vec<UserId>,
}

/// The events of a room after a position.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Replay {
    /// Repeated in `replayed`.
    #[serde(rename = "ref")]
    pub reference: Reference,
    /// Which room.
    pub room: RoomId,
    /// The last seq that the client has.
    pub after: Seq,
}

/// A fresh access token of the same person. Without `Debug`: tokens are not for logs.
#[derive(Deserialize, JsonSchema)]
pub struct Auth {
    /// The access token.
    pub token: String,
}

impl std::fmt::Debug for Auth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Auth").finish_non_exhaustive()
    }
}

/// A frame that can't be taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ClientError {
    /// Not a frame of the protocol at all: the connection ends.
    Broken,
    /// A known request with wrong fields: answered, and nothing changes.
    Invalid {
        reference: Reference,
        detail: String,
    },
}

/// Reads one frame.
pub(crate) fn read(text: &str) -> Result<ClientFrame, ClientError> {
    serde_json::from_str(text).map_err(|error| refusal(text, &error))
}

/// What a frame must have to be answered by a refusal.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    t: Cow<'a, str>,
    #[serde(rename = "ref")]
    reference: Reference,
}

/// The kinds of frame that have an answer.
const REQUESTS: [&str; 6] = ["send", "edit", "delete", "react", "unreact", "replay"];

fn refusal(text: &str, error: &serde_json::Error) -> ClientError {
    match serde_json::from_str::<Envelope>(text) {
        Ok(envelope) if REQUESTS.contains(&&*envelope.t) => ClientError::Invalid {
            reference: envelope.reference,
            detail: error.to_string(),
        },
        _ => ClientError::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_frame_is_broken() {
        for text in [
            "",
            "[]",
            "{}",
            "null",
            r#"{"t":1}"#,
            r#"{"t":"shout"}"#,
            r#"{"t":"hello","rooms":{"x":1}}"#,
            r#"{"t":"hello","rooms":{"01936b2e-7c00-7000-8000-0000000000aa":-1}}"#,
            r#"{"t":"read","room":7}"#,
            r#"{"t":"send","room":7}"#,
        ] {
            assert_eq!(read(text).unwrap_err(), ClientError::Broken, "{text}");
        }
    }

    #[test]
    fn a_request_with_wrong_fields_is_answered_under_its_ref() {
        let text = r#"{"t":"send","ref":"a","id":7}"#;
        let ClientError::Invalid { reference, .. } = read(text).unwrap_err() else {
            panic!("not answered");
        };
        assert_eq!(reference, Reference::Text("a".to_owned()));
    }

    #[test]
    fn unknown_fields_are_ignored() {
        assert!(matches!(
            read(r#"{"t":"pong","mood":"good"}"#),
            Ok(ClientFrame::Pong)
        ));
        assert!(matches!(
            read(r#"{"t":"hello","mood":"good"}"#),
            Ok(ClientFrame::Hello(Hello { epoch: None, .. }))
        ));
    }
}
