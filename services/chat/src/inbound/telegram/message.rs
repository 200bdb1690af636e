//! From a record to the messages it stands for.

use bus::Received;
use prost::Message;
use proto::{
    telegram::{TelegramMessage, TelegramUser},
    topics::TELEGRAM_MESSAGE_TYPE,
};
use uuid::Uuid;

use crate::{
    application::post_bridged_message::{BridgedAuthor, PostBridgedMessage},
    domain::{Body, DisplayName, MessageId, MessageSource, UserId, Username},
};

/// The network's name in usernames and sources.
const NETWORK: &str = "telegram";
/// Ids of people and messages are `UUIDv5`s in this namespace; changing it would post everything twice.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f0c_4b6e_31a5_5b0e_9c1d_7a2f_55e8_d410);

/// Why a record can never be posted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("not a record: {0}")]
    Malformed(String),
    #[error("of the unknown type {0:?}")]
    Type(String),
    #[error("not a TelegramMessage: {0}")]
    Undecodable(String),
    #[error("names no room: {0:?} is not a UUID")]
    Room(String),
    #[error("names no sender")]
    Sender,
    #[error("has no text")]
    Empty,
}

/// The messages to post: one, or several where the text is longer than a message may be.
pub(super) fn posts(received: &Received) -> Result<Vec<PostBridgedMessage>, Unusable> {
    let record = received.record.as_ref();
    let record = record.map_err(|malformed| Unusable::Malformed(malformed.reason.clone()))?;
    if record.event.r#type != TELEGRAM_MESSAGE_TYPE {
        return Err(Unusable::Type(record.event.r#type.clone()));
    }
    let heard = TelegramMessage::decode(record.value.clone())
        .map_err(|error| Unusable::Undecodable(error.to_string()))?;

    let room = heard.room_id.parse();
    let room = room.map_err(|_| Unusable::Room(heard.room_id.clone()))?;
    let author = author(heard.from.as_ref().ok_or(Unusable::Sender)?);
    let source = MessageSource {
        network: NETWORK.to_owned(),
        chat: heard.chat_id.to_string(),
        message_id: heard.message_id.to_string(),
    };
    let bodies = Body::pieces(&heard.text);
    if bodies.is_empty() {
        return Err(Unusable::Empty);
    }
    let posts = bodies.into_iter().enumerate();
    Ok(posts
        .map(|(piece, body)| PostBridgedMessage {
            room,
            id: message_id(heard.chat_id, heard.message_id, piece),
            author: author.clone(),
            body,
            source: source.clone(),
        })
        .collect())
}

fn author(from: &TelegramUser) -> BridgedAuthor {
    let username = Username::bridged(NETWORK, &from.id.to_string());
    BridgedAuthor {
        id: UserId::new(derived(&format!("user/{}", from.id))),
        display_name: DisplayName::cleaned(&from.display_name, &username),
        username,
    }
}

fn message_id(chat: i64, message: i64, piece: usize) -> MessageId {
    MessageId::new(derived(&format!("message/{chat}/{message}/{piece}")))
}

fn derived(name: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

#[cfg(test)]
mod tests {
    use bus::{CloudEvent, Record};
    use time::OffsetDateTime;

    use super::*;

    fn heard(text: &str) -> TelegramMessage {
        TelegramMessage {
            chat_id: -100,
            message_id: 7,
            room_id: Uuid::from_u128(1).to_string(),
            from: Some(TelegramUser {
                id: 42,
                display_name: "Ignace Telegraph".to_owned(),
                username: None,
            }),
            text: text.to_owned(),
            sent_at: None,
        }
    }

    fn received(r#type: &str, value: Vec<u8>) -> Received {
        let event = CloudEvent {
            id: "1".to_owned(),
            source: "/chappe/bot".to_owned(),
            r#type: r#type.to_owned(),
            subject: None,
            time: OffsetDateTime::UNIX_EPOCH,
            traceparent: None,
        };
        Received {
            topic: "telegram.messages.v1".to_owned(),
            partition: 0,
            offset: 0,
            record: Ok(Record::new("-100", event, value)),
        }
    }

    fn of(heard: &TelegramMessage) -> Result<Vec<PostBridgedMessage>, Unusable> {
        posts(&received(TELEGRAM_MESSAGE_TYPE, heard.encode_to_vec()))
    }

    #[test]
    fn a_second_delivery_has_the_same_ids() {
        let (first, again) = (of(&heard("hello")).unwrap(), of(&heard("hello")).unwrap());
        assert_eq!(first[0].id, again[0].id);
        assert_eq!(first[0].author.id, again[0].author.id);
        assert_eq!(first[0].author.username.as_str(), "telegram:42");
        assert_eq!(first[0].source.message_id, "7");

        let mut other = heard("hello");
        other.message_id = 8;
        assert_ne!(of(&other).unwrap()[0].id, first[0].id);
        assert_eq!(of(&other).unwrap()[0].author.id, first[0].author.id);
    }

    #[test]
    fn a_text_beyond_the_limit_becomes_several_messages() {
        let posts = of(&heard(&"x".repeat(25_000))).unwrap();
        assert_eq!(posts.len(), 3);
        let length: usize = posts.iter().map(|post| post.body.as_str().len()).sum();
        assert_eq!(length, 25_000);
        assert_ne!(posts[0].id, posts[1].id);
    }

    #[test]
    fn what_can_never_be_posted_says_why() {
        assert_eq!(of(&heard("\u{0}")).unwrap_err(), Unusable::Empty);

        let mut homeless = heard("hello");
        homeless.room_id = "lobby".to_owned();
        assert_eq!(
            of(&homeless).unwrap_err(),
            Unusable::Room("lobby".to_owned())
        );

        let mut anonymous = heard("hello");
        anonymous.from = None;
        assert_eq!(of(&anonymous).unwrap_err(), Unusable::Sender);

        let garbage = received(TELEGRAM_MESSAGE_TYPE, vec![0xff, 0xff]);
        assert!(matches!(posts(&garbage), Err(Unusable::Undecodable(_))));
        let foreign = received("telegram.sticker", Vec::new());
        assert!(matches!(posts(&foreign), Err(Unusable::Type(_))));
    }
}
