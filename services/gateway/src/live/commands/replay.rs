//! The events after a position once more. Live ones of the room wait until they are queued.

use std::sync::Arc;

use http::StatusCode;
use proto::chat::ListEventsRequest;

use super::{failure, refusal};
use crate::domain::Seq;
use crate::live::connection::Connection;
use crate::live::feed::Passage;
use crate::live::frames::{self, CloseCode, Replay, Replayed, ServerFrame};
use crate::live::hub::Hub;
use crate::live::outlet::Closed;
use crate::live::retried::retried;
use crate::problem::Problem;

/// A client that misses more fetches the room anew.
const MOST: i32 = 500;

pub(super) async fn replay(hub: &Arc<Hub>, connection: &Arc<Connection>, request: Replay) {
    let room = request.room;
    if !connection.state.lock().rooms.contains_key(&room) {
        let problem = Problem::not_found("there is no such room");
        let frame = refusal(Some(request.reference), &problem);
        let _ = connection.outlet.push(frames::text(&frame));
        return;
    }
    let Some((feed, reached)) = hub.hold(connection, room) else {
        return;
    };
    let Ok(at) = answer(hub, connection, request, reached).await else {
        return;
    };
    if let Err(error) = hub.go_live(connection, &feed, at).await {
        tracing::debug!(%error, %room, "a replay did not end");
        connection.outlet.close(CloseCode::SlowReader);
    }
}

/// Queues the answer. Live events go on after the position that it returns.
async fn answer(
    hub: &Hub,
    connection: &Connection,
    request: Replay,
    reached: Seq,
) -> Result<Seq, Closed> {
    let Replay {
        reference,
        room,
        after,
    } = request;
    let question = ListEventsRequest {
        caller_id: connection.user.to_string(),
        room_id: room.to_string(),
        after: after.get(),
        limit: MOST,
    };
    let answer = retried(|| {
        let mut chat = hub.chat.client();
        let question = question.clone();
        async move { chat.list_events(question).await }
    });
    let outlet = &connection.outlet;
    let answer = match answer.await {
        Ok(answer) => answer.into_inner(),
        Err(status) => {
            outlet.push(frames::text(&failure(Some(reference), status)))?;
            return Ok(reached);
        }
    };
    let head = answer.head.unwrap_or_default().seq;
    let head = Seq::try_from(head).unwrap_or_default();
    if after > head {
        let detail = "`after` is beyond the room's last event; fetch the room anew";
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail);
        outlet.push(frames::text(&refusal(Some(reference), &problem)))?;
        return Ok(reached);
    }
    let resync = head.get() - after.get() > i64::from(MOST);
    if !resync {
        for event in answer.events {
            if let Some(passage) = Passage::encode(event, None) {
                outlet.push_in_turn(passage.frame).await?;
            }
        }
    }
    let replayed = Replayed {
        reference,
        room,
        to: head,
        resync,
    };
    outlet
        .push_in_turn(frames::text(&ServerFrame::Replayed(replayed)))
        .await?;
    Ok(head)
}
