//! The events after a position once more. Live ones of the room wait until they are queued.

use std::sync::Arc;

use http::StatusCode;
use proto::chat::{ListEventsRequest, ListEventsResponse};
use tonic::Status;

use super::{failure, refusal};
use crate::domain::{RoomId, Seq};
use crate::live::connection::Connection;
use crate::live::feed::Passage;
use crate::live::frames::{self, Replay, Replayed, ServerFrame};
use crate::live::hub::{Hub, PAGE};
use crate::live::outlet::Closed;
use crate::live::retried::retried;
use crate::problem::Problem;

/// A client that misses more fetches the room anew.
const MOST: i64 = 500;

pub(super) async fn replay(hub: &Arc<Hub>, connection: &Arc<Connection>, request: Replay) {
    let _turn = connection.commands.turn_to_replay().await;
    let room = request.room;
    let is_known = connection.state.lock().rooms.contains_key(&room);
    let Some((feed, reached)) = hub.hold_again(connection, room) else {
        let problem = if is_known {
            // It is only just being shown, and its events follow.
            Problem::unavailable()
        } else {
            Problem::not_found("there is no such room")
        };
        let frame = refusal(Some(request.reference), &problem);
        let _ = connection.outlet.push(frames::text(&frame));
        return;
    };
    let Ok(at) = answer(hub, connection, request, reached).await else {
        return;
    };
    if let Err(error) = hub.go_live(connection, &feed, at).await {
        error.close(connection, "a replay did not end");
    }
}

/// Queues the answer, page by page as the client reads it. Live events go on after the position that
/// it returns.
async fn answer(
    hub: &Hub,
    connection: &Connection,
    request: Replay,
    mut reached: Seq,
) -> Result<Seq, Closed> {
    let Replay {
        reference,
        room,
        after,
    } = request;
    let outlet = &connection.outlet;
    let mut at = after;
    // The room's head when the replay began: a busy room must not prolong it for ever.
    let mut until = None;
    let resync = loop {
        let page = match page(hub, connection, room, at).await {
            Ok(page) => page,
            Err(status) => {
                outlet.push(frames::text(&failure(Some(reference), status)))?;
                return Ok(reached);
            }
        };
        let head = page.head.unwrap_or_default().seq;
        let until = *until.get_or_insert(Seq::try_from(head).unwrap_or_default());
        if after > until {
            let detail = "`after` is beyond the room's last event; fetch the room anew";
            let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
            outlet.push(frames::text(&refusal(Some(reference), &problem)))?;
            return Ok(reached);
        }
        if until.get() - after.get() > MOST {
            at = until;
            break true;
        }
        let before = at;
        for passage in page.events.into_iter().filter_map(encoded) {
            at = passage.seq;
            outlet.push_in_turn(passage.frame).await?;
            reached = reached.max(at);
        }
        if at >= until || at == before {
            at = at.max(until);
            break false;
        }
    };
    let replayed = Replayed {
        reference,
        room,
        to: at,
        resync,
    };
    outlet
        .push_in_turn(frames::text(&ServerFrame::Replayed(replayed)))
        .await?;
    Ok(at)
}

async fn page(
    hub: &Hub,
    connection: &Connection,
    room: RoomId,
    after: Seq,
) -> Result<ListEventsResponse, Status> {
    let question = ListEventsRequest {
        caller_id: connection.user.to_string(),
        room_id: room.to_string(),
        after: after.get(),
        limit: PAGE,
    };
    let answer = retried(|| {
        let mut chat = hub.chat.client();
        let question = question.clone();
        async move { chat.list_events(question).await }
    });
    Ok(answer.await?.into_inner())
}

fn encoded(event: proto::event::RoomEvent) -> Option<Passage> {
    Passage::encode(event, None)
}
