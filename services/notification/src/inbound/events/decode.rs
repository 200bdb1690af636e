//! From a record to an event that can be routed.

use bus::{Received, Record};
use bytes::Bytes;
use prost::Message;
use proto::event::{PersonalEvent, RoomEvent, personal_event::Body};
use proto::topics::PERSONAL_PREFIX;
use runtime::trace;
use tracing::Span;
use uuid::Uuid;

use crate::application::Event;
use crate::application::ports::Delivery;
use crate::domain::Topic;

/// `chappe.gateway.v1.Delivery` with the event as the record has it: on the wire an embedded message
/// is its bytes, so that fields which this version does not know pass through.
#[derive(Clone, PartialEq, prost::Message)]
struct Envelope {
    #[prost(string, optional, tag = "1")]
    traceparent: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    room: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    personal: Option<Bytes>,
}

/// Reads what the event is about, and wraps it for the gateways. The error says why it can't be read.
pub(super) fn event(received: &Received, span: &Span) -> Result<Event, String> {
    let record = received.record.as_ref().map_err(ToString::to_string)?;
    let traceparent = trace::traceparent(span).or_else(|| record.event.traceparent.clone());
    let (topics, envelope) = if record.event.r#type.starts_with(PERSONAL_PREFIX) {
        let envelope = Envelope {
            traceparent,
            room: None,
            personal: Some(record.value.clone()),
        };
        (personal_topics(record)?, envelope)
    } else {
        let envelope = Envelope {
            traceparent,
            room: Some(record.value.clone()),
            personal: None,
        };
        (room_topics(record)?, envelope)
    };
    Ok(Event {
        topics,
        delivery: Delivery(envelope.encode_to_vec().into()),
    })
}

fn room_topics(record: &Record) -> Result<Vec<Topic>, String> {
    let event = RoomEvent::decode(record.value.clone())
        .map_err(|error| format!("not a chappe.event.v1.RoomEvent: {error}"))?;
    Ok(vec![Topic::Room(id("room_id", &event.room_id)?)])
}

fn personal_topics(record: &Record) -> Result<Vec<Topic>, String> {
    let event = PersonalEvent::decode(record.value.clone())
        .map_err(|error| format!("not a chappe.event.v1.PersonalEvent: {error}"))?;
    let mut topics = vec![Topic::User(id("user_id", &event.user_id)?)];
    // The other members are shown it too.
    if let Some(Body::ReadMoved(read)) = &event.body
        && read.receipt
    {
        topics.push(Topic::Room(id("room_id", &read.room_id)?));
    }
    Ok(topics)
}

fn id(field: &str, text: &str) -> Result<Uuid, String> {
    Uuid::parse_str(text).map_err(|_| format!("{field} is not a UUID"))
}

#[cfg(test)]
mod tests {
    use bus::{CloudEvent, Malformed};
    use proto::event::{ReadMoved, RoomDeleted, room_event};
    use proto::gateway::{self, delivery};
    use time::OffsetDateTime;

    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0198_c0de_0000_7000_8000_0000_0000_000a);
    const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn received(r#type: &str, value: Vec<u8>) -> Received {
        let event = CloudEvent {
            id: "1".into(),
            source: "/chappe/chat".into(),
            r#type: r#type.into(),
            subject: None,
            time: OffsetDateTime::UNIX_EPOCH,
            traceparent: Some(TRACE.into()),
        };
        Received {
            topic: "chat.events.v1".into(),
            partition: 0,
            offset: 0,
            record: Ok(Record::new(ID.to_string(), event, value)),
        }
    }

    fn read_moved(receipt: bool) -> PersonalEvent {
        PersonalEvent {
            user_id: ID.to_string(),
            body: Some(Body::ReadMoved(ReadMoved {
                room_id: ID.to_string(),
                read_n: 3,
                receipt,
            })),
            ..PersonalEvent::default()
        }
    }

    #[test]
    fn a_room_event_arrives_as_it_was_published() {
        let published = RoomEvent {
            room_id: ID.to_string(),
            seq: 7,
            body: Some(room_event::Body::RoomDeleted(RoomDeleted {})),
            ..RoomEvent::default()
        };
        let record = received("room.deleted", published.encode_to_vec());

        let event = event(&record, &Span::none()).unwrap();

        assert_eq!(event.topics, [Topic::Room(ID)]);
        let delivery = gateway::Delivery::decode(event.delivery.0).unwrap();
        assert_eq!(delivery.traceparent.as_deref(), Some(TRACE));
        assert_eq!(delivery.event, Some(delivery::Event::Room(published)));
    }

    #[test]
    fn a_receipt_goes_to_the_person_and_to_the_room() {
        let record = |receipt| received("personal.read", read_moved(receipt).encode_to_vec());
        let topics = |receipt| event(&record(receipt), &Span::none()).unwrap().topics;
        assert_eq!(topics(true), [Topic::User(ID), Topic::Room(ID)]);
        assert_eq!(topics(false), [Topic::User(ID)]);

        let delivered = event(&record(true), &Span::none()).unwrap().delivery.0;
        let delivery = gateway::Delivery::decode(delivered).unwrap();
        assert_eq!(
            delivery.event,
            Some(delivery::Event::Personal(read_moved(true)))
        );
    }

    #[test]
    fn fields_of_a_later_version_pass_through() {
        let mut published = RoomEvent {
            room_id: ID.to_string(),
            ..RoomEvent::default()
        }
        .encode_to_vec();
        // Field 99, a varint.
        published.extend([0x98, 0x06, 0x05]);
        let record = received("room.painted", published.clone());

        let delivered = event(&record, &Span::none()).unwrap().delivery.0;

        assert!(
            delivered
                .windows(published.len())
                .any(|window| window == published)
        );
    }

    #[test]
    fn what_can_not_be_read_says_why() {
        let mut malformed = received("message.created", vec![]);
        malformed.record = Err(Malformed {
            reason: "ce_type is missing".into(),
            key: String::new(),
            headers: vec![],
            value: Bytes::new(),
            time: OffsetDateTime::UNIX_EPOCH,
        });
        for (record, reason) in [
            (
                received("message.created", b"\xff\xff".to_vec()),
                "RoomEvent",
            ),
            (received("message.created", vec![]), "room_id"),
            (
                received("personal.read", b"\xff\xff".to_vec()),
                "PersonalEvent",
            ),
            (received("personal.read", vec![]), "user_id"),
            (malformed, "ce_type is missing"),
        ] {
            let error = event(&record, &Span::none()).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
