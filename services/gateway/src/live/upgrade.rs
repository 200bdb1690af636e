//! `GET /api/v1/ws`: who may open a WebSocket, and how it begins.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::upgrade::{OnUpgrade, Upgraded};
use time::OffsetDateTime;
use tungstenite::handshake::derive_accept_key;
use uuid::Uuid;

use super::Shared;
use super::connection::Connection;
use super::credentials::{Credentials, Refused};
use super::frames::CloseCode;
use super::places::Place;
use super::session::{LONGEST_HELLO, Session};
use super::socket::Socket;
use crate::domain::UserId;
use crate::limits::ClientAddress;
use crate::problem::Problem;

/// The only subprotocol that is ever echoed.
const PROTOCOL: HeaderValue = HeaderValue::from_static("chappe.v1");

/// What may wait for one reader for longer than a moment.
const QUEUE_BYTES: usize = 256 * 1024;

/// Who connects, until when.
#[derive(Clone, Copy)]
pub(super) struct Visitor {
    pub(super) user: UserId,
    pub(super) expires_at: OffsetDateTime,
}

/// Opens a WebSocket. Browsers can't see why an upgrade was refused, so who is not let in is told by
/// the close code.
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    mut request: Request,
) -> Result<Response, Problem> {
    if shared.is_draining() {
        return Err(Problem::unavailable());
    }
    let headers = request.headers();
    let key = handshake_key(request.method(), headers)?;
    check_origin(headers, &shared.settings.origins)?;
    let offered = offered_protocols(headers);
    let speaks = offered.iter().any(|offer| PROTOCOL == *offer);
    if !offered.is_empty() && !speaks {
        let detail = "offer the subprotocol `chappe.v1`";
        return Err(bad_request("unknown_subprotocol", detail));
    }
    let address = request.extensions().get::<ClientAddress>().copied();
    let place = shared.places.take(address)?;
    let accept = derive_accept_key(key.as_bytes());
    let credentials = Credentials::of(&offered, headers);
    let visitor = match credentials.check(&shared).await {
        Ok(visitor) => Ok(visitor),
        Err(Refused::Unknown) => Err(CloseCode::NotAuthenticated),
        Err(Refused::Unavailable) => return Err(Problem::unavailable()),
    };
    let Some(upgrade) = request.extensions_mut().remove::<OnUpgrade>() else {
        return Err(bad_request(
            "not_upgradable",
            "this connection can't become a WebSocket",
        ));
    };
    let open = Open { shared, place };
    open.shared
        .tasks
        .clone()
        .spawn(open.when_upgraded(upgrade, visitor));

    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    *response.body_mut() = Body::empty();
    let answer = response.headers_mut();
    answer.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    answer.insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&accept) {
        answer.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if speaks {
        answer.insert(header::SEC_WEBSOCKET_PROTOCOL, PROTOCOL);
    }
    Ok(response)
}

/// A connection that is about to open.
struct Open {
    shared: Arc<Shared>,
    place: Place,
}

impl Open {
    async fn when_upgraded(self, upgrade: OnUpgrade, visitor: Result<Visitor, CloseCode>) {
        match upgrade.await {
            // The future of an open connection should not have the upgrade's size.
            Ok(stream) => Box::pin(self.open(stream, visitor)).await,
            Err(error) => tracing::debug!(%error, "a connection broke while it was upgraded"),
        }
    }

    async fn open(self, stream: Upgraded, visitor: Result<Visitor, CloseCode>) {
        let Self {
            shared,
            place: _place,
        } = self;
        let socket = Socket::new(stream, LONGEST_HELLO);
        let settings = &shared.settings;
        let nobody = UserId::new(Uuid::nil());
        let user = visitor.as_ref().map_or(nobody, |visitor| visitor.user);
        let connection = Connection::new(shared.fresh_name(), user, QUEUE_BYTES);
        let connection = Arc::new(connection);
        match visitor {
            Ok(visitor) => {
                let most = settings.connections_per_person;
                let admission = shared.hub.admit(connection, most);
                let session = Session::new(shared, admission, socket, visitor.expires_at);
                session.run().await;
            }
            Err(code) => {
                connection.outlet.close(code);
                super::session::finish(socket, &connection).await;
            }
        }
    }
}

/// The key of a WebSocket handshake (RFC 6455, 4.2.1).
fn handshake_key<'a>(method: &Method, headers: &'a HeaderMap) -> Result<&'a HeaderValue, Problem> {
    let has = |name, token: &str| {
        let values = headers.get_all(name).into_iter();
        let mut tokens = values.flat_map(|value| value.to_str().unwrap_or_default().split(','));
        tokens.any(|offer| offer.trim().eq_ignore_ascii_case(token))
    };
    let asks = method == Method::GET
        && has(header::CONNECTION, "upgrade")
        && has(header::UPGRADE, "websocket")
        && has(header::SEC_WEBSOCKET_VERSION, "13");
    let key = headers.get(header::SEC_WEBSOCKET_KEY);
    match key {
        Some(key) if asks => Ok(key),
        _ => {
            let detail = "this path speaks WebSocket (RFC 6455, version 13) only";
            Err(Problem::new(
                StatusCode::UPGRADE_REQUIRED,
                "upgrade_required",
                detail,
            ))
        }
    }
}

/// Pages of other sites would connect with somebody's ticket in hand.
fn check_origin(headers: &HeaderMap, allowed: &[HeaderValue]) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let own = origin.to_str().ok().and_then(|origin| {
        let (_, authority) = origin.split_once("://")?;
        Some(authority)
    });
    if allowed.contains(origin) || (own.is_some() && own == host) {
        return Ok(());
    }
    let detail =
        "pages of this origin may not connect; its operator allows them with --allowed-origin";
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "origin_not_allowed",
        detail,
    ))
}

fn offered_protocols(headers: &HeaderMap) -> Vec<&str> {
    let values = headers.get_all(header::SEC_WEBSOCKET_PROTOCOL).into_iter();
    let offers = values.flat_map(|value| value.to_str().unwrap_or_default().split(','));
    offers
        .map(str::trim)
        .filter(|offer| !offer.is_empty())
        .collect()
}

fn bad_request(code: &'static str, detail: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, code, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::HOST,
            HeaderValue::from_static("chat.example.org:8080"),
        );
        headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        headers
    }

    #[test]
    fn pages_of_other_sites_may_not_connect() {
        let allowed = [HeaderValue::from_static("https://app.example.org")];
        for (origin, may) in [
            ("http://chat.example.org:8080", true),
            ("https://app.example.org", true),
            ("https://evil.example.org", false),
            ("http://chat.example.org", false),
            ("null", false),
        ] {
            assert_eq!(
                check_origin(&headers(origin), &allowed).is_ok(),
                may,
                "{origin}"
            );
        }
        assert!(check_origin(&HeaderMap::new(), &[]).is_ok());
    }
}
