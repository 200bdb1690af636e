//! Rooms.

use proto::{chat as v1, event};

use super::fields::{caller, narrow, next, page};
use crate::{
    application::{
        Paged,
        create_room::CreateRoom,
        delete_room::DeleteRoom,
        get_room::GetRoom,
        list_public_rooms::ListPublicRooms,
        list_rooms::ListRooms,
        open_direct_room::{DirectRoom, OpenDirectRoom},
        ports::RoomView,
        update_room::{TopicChange, UpdateRoom},
    },
    domain::{Invalid, Membership, RoomDescription, RoomKind, Visibility},
    wire,
};

impl TryFrom<v1::CreateRoomRequest> for CreateRoom {
    type Error = Invalid;

    fn try_from(request: v1::CreateRoomRequest) -> Result<Self, Invalid> {
        let members = request.member_ids.iter();
        Ok(Self {
            caller: caller(&request.caller_id)?,
            description: RoomDescription {
                title: request.title.parse()?,
                topic: None,
                kind: kind(request.kind())?,
                visibility: visibility(request.visibility())?,
            },
            members: members
                .map(|id| {
                    id.parse()
                        .map_err(|invalid: Invalid| invalid.of("member_ids"))
                })
                .collect::<Result<_, _>>()?,
        })
    }
}

fn kind(kind: event::RoomKind) -> Result<RoomKind, Invalid> {
    match kind {
        event::RoomKind::Group => Ok(RoomKind::Group),
        event::RoomKind::Channel => Ok(RoomKind::Channel),
        // A direct room is opened by naming the other person.
        event::RoomKind::Direct | event::RoomKind::Unspecified => {
            Err(Invalid::new("kind", "unknown", "must be group or channel"))
        }
    }
}

fn visibility(visibility: event::Visibility) -> Result<Visibility, Invalid> {
    match visibility {
        event::Visibility::Private => Ok(Visibility::Private),
        event::Visibility::Public => Ok(Visibility::Public),
        event::Visibility::Unspecified => Err(Invalid::new(
            "visibility",
            "unknown",
            "must be private or public",
        )),
    }
}

impl TryFrom<v1::OpenDirectRoomRequest> for OpenDirectRoom {
    type Error = Invalid;

    fn try_from(request: v1::OpenDirectRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            other: request.user_id.parse()?,
        })
    }
}

impl TryFrom<v1::GetRoomRequest> for GetRoom {
    type Error = Invalid;

    fn try_from(request: v1::GetRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
        })
    }
}

impl TryFrom<v1::ListRoomsRequest> for ListRooms {
    type Error = Invalid;

    fn try_from(request: v1::ListRoomsRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            page: page(request.page)?,
        })
    }
}

impl TryFrom<v1::ListPublicRoomsRequest> for ListPublicRooms {
    type Error = Invalid;

    fn try_from(request: v1::ListPublicRoomsRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            query: request.query,
            page: page(request.page)?,
        })
    }
}

impl TryFrom<v1::UpdateRoomRequest> for UpdateRoom {
    type Error = Invalid;

    fn try_from(request: v1::UpdateRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            title: request.title.map(|title| title.parse()).transpose()?,
            topic: match request.topic.as_deref() {
                None => TopicChange::Keep,
                Some("") => TopicChange::Remove,
                Some(topic) => TopicChange::Set(topic.parse()?),
            },
        })
    }
}

impl TryFrom<v1::DeleteRoomRequest> for DeleteRoom {
    type Error = Invalid;

    fn try_from(request: v1::DeleteRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
        })
    }
}

impl From<RoomView> for v1::Room {
    fn from(view: RoomView) -> Self {
        Self {
            id: view.room.id.to_string(),
            description: Some(wire::description(&view.room.description)),
            created_at: Some(wire::timestamp(view.room.created_at)),
            head: Some(view.room.head.into()),
            member_count: narrow(view.room.member_count),
            my: view.my.map(Into::into),
            unread: view.unread(),
            // Mentions come with their own feature; until then nobody has any.
            mentions: 0,
            last_message: view.last_message.as_ref().map(wire::message),
            peer: view.peer.as_ref().map(wire::user_ref),
        }
    }
}

impl From<Membership> for v1::Membership {
    fn from(membership: Membership) -> Self {
        Self {
            role: wire::role(membership.role).into(),
            read_n: membership.read_n.get(),
            muted: membership.muted,
        }
    }
}

impl From<DirectRoom> for v1::OpenDirectRoomResponse {
    fn from(direct: DirectRoom) -> Self {
        Self {
            room: Some(direct.view.into()),
            created: direct.created,
        }
    }
}

impl From<Paged<RoomView>> for v1::ListRoomsResponse {
    fn from(page: Paged<RoomView>) -> Self {
        Self {
            next: next(&page),
            rooms: page.items.into_iter().map(Into::into).collect(),
        }
    }
}
