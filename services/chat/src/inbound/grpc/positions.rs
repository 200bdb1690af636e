//! Catching up: sequences, heads, memberships.

use proto::chat as v1;
use uuid::Uuid;

use super::fields::caller;
use crate::{
    application::{
        Limit,
        fill_gap::{FillGap, Gap},
        get_heads::{GetHeads, Heads},
        get_memberships::{GetMemberships, Memberships},
        list_events::ListEvents,
        ports::PersonMemberships,
        resume::{CatchUp, Resume, Resumed, ResumedRoom},
    },
    domain::{Epoch, Invalid, Seq},
    wire,
};

/// Events of an answer whose number was not named, and the most of one answer.
const EVENTS: (u32, u32) = (200, 500);
/// Events of one part of a streamed answer.
const EVENTS_PER_PART: usize = 200;
/// Rooms of one question for heads.
const HEADS: usize = 1_000;
/// People of one question for memberships.
const PEOPLE: usize = 200;

impl TryFrom<v1::ListEventsRequest> for ListEvents {
    type Error = Invalid;

    fn try_from(request: v1::ListEventsRequest) -> Result<Self, Invalid> {
        Ok(Self {
            caller: caller(&request.caller_id)?,
            room: request.room_id.parse()?,
            after: Seq::new(request.after),
            limit: Limit::within(request.limit, EVENTS.0, EVENTS.1)?,
        })
    }
}

impl TryFrom<v1::FillGapRequest> for FillGap {
    type Error = Invalid;

    fn try_from(request: v1::FillGapRequest) -> Result<Self, Invalid> {
        Ok(Self {
            room: request.room_id.parse()?,
            after: Seq::new(request.after),
            limit: Limit::within(request.limit, EVENTS.0, EVENTS.1)?,
        })
    }
}

impl TryFrom<v1::GetHeadsRequest> for GetHeads {
    type Error = Invalid;

    fn try_from(request: v1::GetHeadsRequest) -> Result<Self, Invalid> {
        at_most(HEADS, request.room_ids.len(), "room_ids")?;
        let rooms = request.room_ids.iter().map(|id| id.parse());
        Ok(Self {
            rooms: rooms.collect::<Result<_, Invalid>>()?,
        })
    }
}

impl TryFrom<v1::GetMembershipsRequest> for GetMemberships {
    type Error = Invalid;

    fn try_from(request: v1::GetMembershipsRequest) -> Result<Self, Invalid> {
        at_most(PEOPLE, request.user_ids.len(), "user_ids")?;
        let users = request.user_ids.iter().map(|id| id.parse());
        Ok(Self {
            users: users.collect::<Result<_, Invalid>>()?,
        })
    }
}

fn at_most(most: usize, given: usize, field: &'static str) -> Result<(), Invalid> {
    if given <= most {
        return Ok(());
    }
    let detail = format!("must have at most {most} items");
    Err(Invalid::new(field, "too_many", detail))
}

impl TryFrom<v1::ResumeRequest> for Resume {
    type Error = Invalid;

    fn try_from(request: v1::ResumeRequest) -> Result<Self, Invalid> {
        // What is no epoch at all is not ours either.
        let foreign = Epoch::new(Uuid::nil());
        let positions = request.positions.iter();
        Ok(Self {
            caller: caller(&request.caller_id)?,
            epoch: request.epoch.map(|epoch| epoch.parse().unwrap_or(foreign)),
            positions: positions
                .map(|(room, seq)| Ok((room.parse()?, Seq::new(*seq))))
                .collect::<Result<_, Invalid>>()?,
        })
    }
}

/// The parts of the answer: everything but events first, then the events in their order. Each part is
/// made when the one before is on its way.
pub(super) fn resumed(resumed: Resumed) -> impl Iterator<Item = v1::ResumeResponse> {
    let Resumed {
        epoch,
        membership_version,
        ..
    } = resumed;
    let first = v1::ResumeResponse {
        epoch: epoch.to_string(),
        membership_version: membership_version.get(),
        rooms: resumed.rooms.iter().map(resumed_room).collect(),
        gone: resumed.gone.iter().map(ToString::to_string).collect(),
        events: Vec::new(),
    };
    let mut events = resumed.events.into_iter();
    let parts = std::iter::from_fn(move || {
        let part = events.by_ref().take(EVENTS_PER_PART);
        let events: Vec<_> = part.map(|event| wire::room_event(&event, epoch)).collect();
        let more = !events.is_empty();
        more.then(|| v1::ResumeResponse {
            epoch: epoch.to_string(),
            membership_version: membership_version.get(),
            events,
            ..v1::ResumeResponse::default()
        })
    });
    std::iter::once(first).chain(parts)
}

fn resumed_room(room: &ResumedRoom) -> v1::ResumeRoom {
    v1::ResumeRoom {
        room_id: room.room.to_string(),
        head: Some(room.head.into()),
        read_n: room.read_n.get(),
        replay: room.catch_up == CatchUp::Replay,
        resync: room.catch_up == CatchUp::Resync,
    }
}

impl From<Gap> for v1::FillGapResponse {
    fn from(gap: Gap) -> Self {
        let events = gap.events.iter();
        Self {
            events: events
                .map(|event| wire::room_event(event, gap.epoch))
                .collect(),
            head: Some(gap.head.into()),
            epoch: gap.epoch.to_string(),
        }
    }
}

impl From<Heads> for v1::GetHeadsResponse {
    fn from(heads: Heads) -> Self {
        let known = heads.heads.into_iter();
        Self {
            epoch: heads.epoch.to_string(),
            heads: known
                .map(|(room, head)| (room.to_string(), head.into()))
                .collect(),
        }
    }
}

impl From<Memberships> for v1::GetMembershipsResponse {
    fn from(memberships: Memberships) -> Self {
        Self {
            epoch: memberships.epoch.to_string(),
            people: memberships.people.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PersonMemberships> for v1::PersonMemberships {
    fn from(person: PersonMemberships) -> Self {
        let rooms = person.rooms.iter();
        Self {
            user_id: person.user.to_string(),
            membership_version: person.version.get(),
            rooms: rooms
                .map(|membership| v1::MembershipHead {
                    room_id: membership.room.to_string(),
                    head: Some(membership.head.into()),
                })
                .collect(),
        }
    }
}
