//! Facts as they travel: the domain's events in their protobuf form, for those who ask over gRPC and
//! for the outbox.

use proto::event::{self, personal_event, room_event as room};
use time::OffsetDateTime;

use crate::domain::{
    Epoch, EventBody, Message, MessageSource, PersonalBody, PersonalEvent, Role, RoomDescription,
    RoomEvent, RoomKind, UserKind, UserRef, Visibility,
};

/// An entry of a room's sequence in this life of the database.
pub(crate) fn room_event(event: &RoomEvent, epoch: Epoch) -> event::RoomEvent {
    event::RoomEvent {
        event_id: event.id.to_string(),
        room_id: event.room.to_string(),
        seq: event.head.seq.get(),
        n: event.head.n.get(),
        epoch: epoch.to_string(),
        at: Some(timestamp(event.at)),
        actor_id: event.actor.to_string(),
        body: Some(room_body(&event.body)),
    }
}

fn room_body(body: &EventBody) -> room::Body {
    match body {
        EventBody::MessageCreated(created) => room::Body::MessageCreated(message(created)),
        EventBody::MemberJoined { user, role: joined } => {
            room::Body::MemberJoined(event::MemberJoined {
                user: Some(user_ref(user)),
                role: role(*joined).into(),
            })
        }
        EventBody::MemberLeft { user } => room::Body::MemberLeft(event::MemberLeft {
            user_id: user.to_string(),
        }),
        EventBody::MemberRoleChanged { user, role: given } => {
            room::Body::MemberRoleChanged(event::MemberRoleChanged {
                user_id: user.to_string(),
                role: role(*given).into(),
            })
        }
        EventBody::RoomCreated(first) => room::Body::RoomCreated(description(first)),
        EventBody::RoomChanged(new) => room::Body::RoomChanged(description(new)),
        EventBody::RoomDeleted => room::Body::RoomDeleted(event::RoomDeleted {}),
    }
}

/// Something for all devices of one person.
pub(crate) fn personal_event(event: &PersonalEvent, epoch: Epoch) -> event::PersonalEvent {
    let body = match event.body {
        PersonalBody::RoomAdded { room, seq, version } => {
            personal_event::Body::RoomAdded(event::RoomAdded {
                room_id: room.to_string(),
                seq: seq.get(),
                membership_version: version.get(),
            })
        }
        PersonalBody::RoomRemoved { room, seq, version } => {
            personal_event::Body::RoomRemoved(event::RoomRemoved {
                room_id: room.to_string(),
                seq: seq.get(),
                membership_version: version.get(),
            })
        }
        PersonalBody::ReadMoved {
            room,
            read_n,
            receipt,
        } => personal_event::Body::ReadMoved(event::ReadMoved {
            room_id: room.to_string(),
            read_n: read_n.get(),
            receipt,
        }),
    };
    event::PersonalEvent {
        event_id: event.id.to_string(),
        user_id: event.user.to_string(),
        epoch: epoch.to_string(),
        at: Some(timestamp(event.at)),
        body: Some(body),
    }
}

/// A message as everybody sees it.
pub(crate) fn message(message: &Message) -> event::Message {
    event::Message {
        id: message.id.to_string(),
        room_id: message.room.to_string(),
        seq: message.seq.get(),
        n: message.n.get(),
        sender: Some(user_ref(&message.sender)),
        body: message.body.as_str().to_owned(),
        reply_to: message.reply_to.map(|id| id.to_string()),
        created_at: Some(timestamp(message.created_at)),
        source: message.source.as_ref().map(source),
    }
}

fn source(source: &MessageSource) -> event::MessageSource {
    event::MessageSource {
        kind: source.network.clone(),
        chat: source.chat.clone(),
        message_id: source.message_id.clone(),
    }
}

/// As much of a person as is needed to show a message.
pub(crate) fn user_ref(user: &UserRef) -> event::UserRef {
    event::UserRef {
        id: user.id.to_string(),
        username: user.username.as_str().to_owned(),
        display_name: user.display_name.as_str().to_owned(),
        kind: user_kind(user.kind).into(),
    }
}

/// What stands behind a name.
pub(crate) fn user_kind(kind: UserKind) -> event::UserKind {
    match kind {
        UserKind::Person => event::UserKind::Person,
        UserKind::Bot => event::UserKind::Bot,
        UserKind::Bridged => event::UserKind::Bridged,
    }
}

/// What a member may do.
pub(crate) fn role(role: Role) -> event::Role {
    match role {
        Role::Reader => event::Role::Reader,
        Role::Member => event::Role::Member,
        Role::Admin => event::Role::Admin,
        Role::Owner => event::Role::Owner,
    }
}

/// What a room says of itself.
pub(crate) fn description(description: &RoomDescription) -> event::RoomDescription {
    event::RoomDescription {
        title: description.title.as_str().to_owned(),
        topic: description
            .topic
            .as_ref()
            .map(|topic| topic.as_str().to_owned()),
        kind: match description.kind {
            RoomKind::Group => event::RoomKind::Group,
            RoomKind::Channel => event::RoomKind::Channel,
            RoomKind::Direct => event::RoomKind::Direct,
        }
        .into(),
        visibility: match description.visibility {
            Visibility::Private => event::Visibility::Private,
            Visibility::Public => event::Visibility::Public,
        }
        .into(),
    }
}

/// A point in time.
pub(crate) fn timestamp(at: OffsetDateTime) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.unix_timestamp(),
        nanos: at.nanosecond().cast_signed(),
    }
}
