//! Events of chat as they pass through the gateway: encoded once.

use bytes::Bytes;
use proto::event::RoomEvent;
use time::OffsetDateTime;

use super::feed::{Ends, Passage};
use super::frames::{self, EventFrame, ServerFrame};
use crate::domain::Seq;
use crate::wire::{Event, EventBody};

impl Passage {
    /// The event as every subscriber gets it. One that this version can't read, because a later
    /// version wrote it, is passed over: everybody goes on behind it rather than never.
    pub(crate) fn encode(event: RoomEvent, traceparent: Option<String>) -> Option<Self> {
        let seq = Seq::try_from(event.seq).ok()?;
        let room = event.room_id.clone();
        match Event::try_from(event) {
            Ok(event) => Some(Self::of(event, traceparent)),
            Err(error) => {
                tracing::error!(%error, room, %seq, "an event can't be read and is passed over");
                let frame = Bytes::new();
                Some(Self {
                    seq,
                    frame,
                    ends: None,
                })
            }
        }
    }

    fn of(event: Event, traceparent: Option<String>) -> Self {
        let seq = event.seq;
        let ends = match &event.body {
            EventBody::MemberLeft(left) => Some(Ends::Member(left.user_id)),
            EventBody::RoomDeleted(_) => Some(Ends::Room),
            _ => None,
        };
        let frame = frames::text(&ServerFrame::Event(Box::new(EventFrame {
            event,
            traceparent,
        })));
        Self { seq, frame, ends }
    }
}

/// When the event was committed, for the time of its delivery.
pub(crate) fn committed_at(event: &RoomEvent) -> Option<OffsetDateTime> {
    let at = event.at.as_ref()?;
    let nanos = i128::from(at.seconds) * 1_000_000_000 + i128::from(at.nanos);
    OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()
}
