//! The durable events of a room, for clients that come back: `/rooms/{room_id}/events`.

use axum::Json;
use axum::extract::State;
use proto::chat::ListEventsRequest;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Api;
use super::extract::{Path, Query, bad_query};
use super::page::{Limit, in_query, list};
use crate::auth::Caller;
use crate::domain::{RoomId, Seq};
use crate::problem::{FieldError, Problem};
use crate::wire::{Event, Head, List, Malformed};

/// Which events: those after one of `after` and `cursor`, or from the first on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// The seq that one has.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<Seq>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Events on the page: 1–500, by default 200.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 500)]
    limit: Option<Limit>,
}

/// A page of events.
#[derive(Serialize, ToSchema)]
pub(super) struct Events {
    /// The events in order, and the cursor of those that follow.
    #[serde(flatten)]
    page: List<Event>,
    /// Where the room stands.
    head: Head,
}

/// List a room's events in order
#[utoipa::path(
    get, path = "/rooms/{room_id}/events", tag = "messages", params(("room_id" = RoomId, Path), EventsQuery),
    responses(
        (status = 200, body = Events),
        (status = 403, description = "`not_a_member`"),
        (status = 404, description = "`not_found`"),
    )
)]
pub(super) async fn list_events(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Events>, Problem> {
    let request = ListEventsRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        after: start(query.after, query.cursor.as_deref())?.get(),
        limit: Limit::up_to(query.limit, 500)?,
    };
    let found = api
        .chat
        .client()
        .list_events(request)
        .await
        .map_err(in_query)?
        .into_inner();
    let head = Head::try_from(found.head.ok_or(Malformed("head"))?)?;
    let last = found.events.last().map(|event| event.seq);
    let next = last.filter(|seq| *seq < head.seq.get());
    Ok(Json(Events {
        page: list(found.events, next.map(|seq| seq.to_string()))?,
        head,
    }))
}

fn start(after: Option<Seq>, cursor: Option<&str>) -> Result<Seq, Problem> {
    match (after, cursor) {
        (after, None) => Ok(after.unwrap_or_default()),
        (None, Some(cursor)) => {
            let seq = cursor.parse::<i64>().ok();
            let seq = seq.and_then(|seq| Seq::try_from(seq).ok());
            let detail = "must be the `next` of the page before";
            seq.ok_or_else(|| bad_query(FieldError::new("cursor", "bad_cursor", detail)))
        }
        (Some(_), Some(_)) => {
            let detail = "give only one of after and cursor";
            Err(bad_query(FieldError::new("cursor", "exclusive", detail)))
        }
    }
}
