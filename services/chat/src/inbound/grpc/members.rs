//! Who is in a room.

use proto::chat as v1;

use super::fields::{caller, next, page, role};
use crate::{
    application::{
        Paged, join_room::JoinRoom, leave_room::LeaveRoom, list_members::ListMembers,
        put_member::PutMember, remove_member::RemoveMember,
    },
    domain::{Invalid, Member},
    wire,
};

impl TryFrom<v1::JoinRoomRequest> for JoinRoom {
    type Error = Invalid;

    fn try_from(request: v1::JoinRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
        })
    }
}

impl TryFrom<v1::LeaveRoomRequest> for LeaveRoom {
    type Error = Invalid;

    fn try_from(request: v1::LeaveRoomRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
        })
    }
}

impl TryFrom<v1::ListMembersRequest> for ListMembers {
    type Error = Invalid;

    fn try_from(request: v1::ListMembersRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            page: page(request.page)?,
        })
    }
}

impl TryFrom<v1::PutMemberRequest> for PutMember {
    type Error = Invalid;

    fn try_from(request: v1::PutMemberRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            user: request.user_id.parse()?,
            role: role(request.role)?,
        })
    }
}

impl TryFrom<v1::RemoveMemberRequest> for RemoveMember {
    type Error = Invalid;

    fn try_from(request: v1::RemoveMemberRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            user: request.user_id.parse()?,
        })
    }
}

impl From<Member> for v1::Member {
    fn from(member: Member) -> Self {
        Self {
            user: Some(wire::user_ref(&member.user)),
            role: wire::role(member.membership.role).into(),
            read_n: member.membership.read_n.get(),
            joined_at: Some(wire::timestamp(member.joined_at)),
        }
    }
}

impl From<Paged<Member>> for v1::ListMembersResponse {
    fn from(page: Paged<Member>) -> Self {
        Self {
            next: next(&page),
            members: page.items.into_iter().map(Into::into).collect(),
        }
    }
}
