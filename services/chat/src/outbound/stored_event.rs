//! Room events as they are kept: the protobuf that also goes through the outbox.

use prost::Message as _;
use proto::event::{self, room_event};
use time::{Duration, OffsetDateTime};

use crate::{
    application::ports::StoreError,
    domain::{
        Body, Count, DisplayName, EventBody, Head, Message, MessageSource, Role, RoomDescription,
        RoomEvent, RoomKind, Seq, Title, Topic, UserKind, UserRef, Username, Visibility,
    },
};

/// Reads an event that an earlier transaction wrote.
pub(super) fn decode(payload: &[u8]) -> Result<RoomEvent, StoreError> {
    let stored = event::RoomEvent::decode(payload)
        .map_err(|e| StoreError::Broken(format!("a stored event cannot be decoded: {e}").into()))?;
    let (room, seq) = (stored.room_id.clone(), stored.seq);
    read(stored).ok_or_else(|| {
        StoreError::Broken(format!("event {seq} of room {room} lacks what it needs").into())
    })
}

fn read(stored: event::RoomEvent) -> Option<RoomEvent> {
    Some(RoomEvent {
        id: stored.event_id.parse().ok()?,
        room: stored.room_id.parse().ok()?,
        head: Head {
            seq: Seq::new(stored.seq),
            n: Count::new(stored.n),
        },
        at: time(stored.at?)?,
        actor: stored.actor_id.parse().ok()?,
        body: body(stored.body?)?,
    })
}

fn body(stored: room_event::Body) -> Option<EventBody> {
    Some(match stored {
        room_event::Body::MessageCreated(created) => {
            EventBody::MessageCreated(Box::new(message(created)?))
        }
        room_event::Body::MemberJoined(joined) => EventBody::MemberJoined {
            role: role(joined.role())?,
            user: user(joined.user?)?,
        },
        room_event::Body::MemberLeft(left) => EventBody::MemberLeft {
            user: left.user_id.parse().ok()?,
        },
        room_event::Body::MemberRoleChanged(changed) => EventBody::MemberRoleChanged {
            user: changed.user_id.parse().ok()?,
            role: role(changed.role())?,
        },
        room_event::Body::RoomCreated(created) => EventBody::RoomCreated(description(created)?),
        room_event::Body::RoomChanged(changed) => EventBody::RoomChanged(description(changed)?),
        room_event::Body::RoomDeleted(_) => EventBody::RoomDeleted,
    })
}

fn message(stored: event::Message) -> Option<Message> {
    Some(Message {
        id: stored.id.parse().ok()?,
        room: stored.room_id.parse().ok()?,
        seq: Seq::new(stored.seq),
        n: Count::new(stored.n),
        sender: user(stored.sender?)?,
        body: Body::stored(stored.body),
        reply_to: match stored.reply_to {
            None => None,
            Some(id) => Some(id.parse().ok()?),
        },
        created_at: time(stored.created_at?)?,
        source: stored.source.map(|source| MessageSource {
            network: source.kind,
            chat: source.chat,
            message_id: source.message_id,
        }),
    })
}

fn user(stored: event::UserRef) -> Option<UserRef> {
    Some(UserRef {
        kind: match stored.kind() {
            event::UserKind::Person => UserKind::Person,
            event::UserKind::Bot => UserKind::Bot,
            event::UserKind::Bridged => UserKind::Bridged,
            event::UserKind::Unspecified => return None,
        },
        id: stored.id.parse().ok()?,
        username: Username::stored(stored.username),
        display_name: DisplayName::stored(stored.display_name),
    })
}

fn description(stored: event::RoomDescription) -> Option<RoomDescription> {
    Some(RoomDescription {
        kind: match stored.kind() {
            event::RoomKind::Group => RoomKind::Group,
            event::RoomKind::Channel => RoomKind::Channel,
            event::RoomKind::Direct => RoomKind::Direct,
            event::RoomKind::Unspecified => return None,
        },
        visibility: match stored.visibility() {
            event::Visibility::Private => Visibility::Private,
            event::Visibility::Public => Visibility::Public,
            event::Visibility::Unspecified => return None,
        },
        title: Title::stored(stored.title),
        topic: stored.topic.map(Topic::stored),
    })
}

fn role(stored: event::Role) -> Option<Role> {
    match stored {
        event::Role::Owner => Some(Role::Owner),
        event::Role::Admin => Some(Role::Admin),
        event::Role::Member => Some(Role::Member),
        event::Role::Reader => Some(Role::Reader),
        event::Role::Unspecified => None,
    }
}

fn time(stored: prost_types::Timestamp) -> Option<OffsetDateTime> {
    let seconds = OffsetDateTime::from_unix_timestamp(stored.seconds).ok()?;
    seconds.checked_add(Duration::nanoseconds(stored.nanos.into()))
}
