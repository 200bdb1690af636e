//! Reading back: `GET /rooms/{room_id}/messages`.

use axum::Json;
use axum::extract::State;
use proto::chat::ReadHistoryRequest;
use proto::chat::read_history_request::Anchor;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::domain::{Count, RoomId, Seq};
use crate::problem::{FieldError, Problem};
use crate::rest::Api;
use crate::rest::extract::{Path, Query, bad_query};
use crate::rest::page::{Limit, in_query, list};
use crate::wire::{List, Malformed, Message};

/// Where to read: one of `before`, `after`, `around` and `cursor`, or none for the newest messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::rest) struct HistoryQuery {
    /// The messages before this `n`, newest first.
    #[param(value_type = Option<i64>, minimum = 0)]
    before: Option<Count>,
    /// The messages after this `n`, oldest first.
    #[param(value_type = Option<i64>, minimum = 0)]
    after: Option<Count>,
    /// The messages around this `n`, oldest first.
    #[param(value_type = Option<i64>, minimum = 0)]
    around: Option<Count>,
    /// The `next` of the page before.
    cursor: Option<String>,
    /// Messages on the page: 1–200, by default 50.
    #[param(value_type = Option<i32>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
}

/// A page of messages.
#[derive(Serialize, ToSchema)]
pub(in crate::rest) struct History {
    /// The messages, and the cursor of the page that follows in the same direction.
    #[serde(flatten)]
    page: List<Message>,
    /// The room's seq of this snapshot: apply only later events to it.
    seq: Seq,
}

/// Read messages
///
/// Newest first by default and with `before`; oldest first with `after` and `around`.
#[utoipa::path(
    get, path = "/rooms/{room_id}/messages", tag = "messages", params(("room_id" = RoomId, Path), HistoryQuery),
    responses(
        (status = 200, body = History),
        (status = 403, description = "`not_a_member`"),
        (status = 404, description = "`not_found`"),
    )
)]
pub(in crate::rest) async fn read_history(
    State(api): State<Api>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Query(query): Query<HistoryQuery>,
) -> Result<Json<History>, Problem> {
    let limit = Limit::up_to(query.limit, 200)?;
    let anchor = anchor(query)?;
    let request = ReadHistoryRequest {
        caller_id: caller.id(),
        room_id: room.to_string(),
        limit,
        anchor,
    };
    let found = api
        .chat
        .client()
        .read_history(request)
        .await
        .map_err(in_query)?
        .into_inner();
    let next = found.next.map(|n| next_cursor(anchor, n));
    let seq = Seq::try_from(found.seq).map_err(|_| Malformed("history.seq"))?;
    Ok(Json(History {
        page: list(found.messages, next)?,
        seq,
    }))
}

fn anchor(query: HistoryQuery) -> Result<Option<Anchor>, Problem> {
    let HistoryQuery {
        before,
        after,
        around,
        cursor,
        limit: _,
    } = query;
    let mut given = [
        ("before", before.map(|n| Anchor::Before(n.get()))),
        ("after", after.map(|n| Anchor::After(n.get()))),
        ("around", around.map(|n| Anchor::Around(n.get()))),
        ("cursor", cursor.map(|text| read_cursor(&text)).transpose()?),
    ]
    .into_iter()
    .filter_map(|(name, anchor)| Some((name, anchor?)));
    let Some((_, anchor)) = given.next() else {
        return Ok(None);
    };
    match given.next() {
        None => Ok(Some(anchor)),
        Some((name, _)) => {
            let detail = "give only one of before, after, around and cursor";
            Err(bad_query(FieldError::new(name, "exclusive", detail)))
        }
    }
}

/// The page that follows goes the same way.
fn next_cursor(anchor: Option<Anchor>, n: i64) -> String {
    match anchor {
        None | Some(Anchor::Before(_)) => format!("before.{n}"),
        Some(Anchor::After(_) | Anchor::Around(_)) => format!("after.{n}"),
    }
}

fn read_cursor(cursor: &str) -> Result<Anchor, Problem> {
    let anchor = cursor.split_once('.').and_then(|(way, n)| {
        let n = n.parse().ok().filter(|n| *n >= 0)?;
        match way {
            "before" => Some(Anchor::Before(n)),
            "after" => Some(Anchor::After(n)),
            _ => None,
        }
    });
    let detail = "must be the `next` of the page before";
    anchor.ok_or_else(|| bad_query(FieldError::new("cursor", "bad_cursor", detail)))
}
