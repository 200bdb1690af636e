//! A Bot API server for one bot: updates are put in by the test, what the bot sends is recorded, its token
//! can change, and answers can be refused, delayed or lost.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::Result;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout_at};

/// The token that the bot must show, until another one is given out.
pub const TOKEN: &str = "123456:the-bots-token";

/// The longest that `getUpdates` waits here.
const LONGEST_POLL: Duration = Duration::from_secs(20);

/// What happens to the next call of `sendMessage`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 429: not recorded; come back in so many seconds.
    TooMany {
        /// Seconds.
        retry_after: u64,
    },
    /// 500: not recorded.
    Broken,
    /// Recorded, and the answer is lost.
    AnswerLost,
    /// Recorded, and answered late.
    Late(Duration),
}

/// What the bot sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// To which chat.
    pub chat: i64,
    /// The text.
    pub text: String,
}

/// The server.
#[derive(Clone, Debug, Default)]
pub struct Telegram {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<Inner>,
    updated: Notify,
}

#[derive(Debug, Default)]
struct Inner {
    /// Instead of [`TOKEN`].
    token: Option<String>,
    updates: VecDeque<Value>,
    last_update: i64,
    last_message: i64,
    sent: Vec<Sent>,
    faults: VecDeque<Fault>,
}

impl Telegram {
    /// Listens on a free port of this address; ends with the runtime.
    pub async fn start(host: IpAddr) -> Result<(Self, SocketAddr)> {
        let telegram = Self::default();
        let listener = TcpListener::bind((host, 0)).await?;
        let address = listener.local_addr()?;
        let routes = Router::new()
            .route("/{bot}/{method}", routing::any(call))
            .with_state(telegram.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok((telegram, address))
    }

    /// Gives out another token, as `BotFather` does: the one before is of no use any more.
    pub fn give_out(&self, token: &str) {
        self.state().token = Some(token.to_owned());
    }

    fn knows(&self, token: &str) -> bool {
        self.state().token.as_deref().unwrap_or(TOKEN) == token
    }

    /// Somebody writes in a chat; the id of the message.
    pub fn write(&self, chat: i64, user: i64, name: &str, text: &str) -> i64 {
        let mut state = self.state();
        state.last_update += 1;
        state.last_message += 1;
        let (update, message) = (state.last_update, state.last_message);
        state.updates.push_back(json!({
            "update_id": update,
            "message": {
                "message_id": message,
                "date": 1_790_000_000 + message,
                "chat": { "id": chat, "type": "supergroup", "title": "The towers" },
                "from": { "id": user, "is_bot": false, "first_name": name },
                "text": text,
            },
        }));
        drop(state);
        self.shared.updated.notify_waiters();
        message
    }

    /// What the bot has sent so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.state().sent.clone()
    }

    /// Updates that the bot has not confirmed.
    pub fn unconfirmed(&self) -> usize {
        self.state().updates.len()
    }

    /// The next call of `sendMessage` that has no fault yet gets this one.
    pub fn fail_next(&self, fault: Fault) {
        self.state().faults.push_back(fault);
    }

    fn state(&self) -> MutexGuard<'_, Inner> {
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    async fn get_updates(&self, request: &Value) -> Response {
        let number = |name: &str| request[name].as_i64().unwrap_or_default();
        let wait = Duration::from_secs(number("timeout").unsigned_abs()).min(LONGEST_POLL);
        let deadline = Instant::now() + wait;
        loop {
            let updated = self.shared.updated.notified();
            tokio::pin!(updated);
            updated.as_mut().enable();
            let waiting: Vec<Value> = {
                let mut state = self.state();
                // An offset confirms all before it.
                state
                    .updates
                    .retain(|update| update["update_id"].as_i64() >= Some(number("offset")));
                state.updates.iter().take(100).cloned().collect()
            };
            if !waiting.is_empty() || timeout_at(deadline, updated).await.is_err() {
                return success(&json!(waiting));
            }
        }
    }

    async fn send_message(&self, request: &Value) -> Response {
        let fault = self.state().faults.pop_front();
        match fault {
            Some(Fault::TooMany { retry_after }) => return too_many(retry_after),
            Some(Fault::Broken) => {
                return refusal(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error");
            }
            Some(Fault::AnswerLost | Fault::Late(_)) | None => {}
        }
        let message = self.record(request);
        match fault {
            Some(Fault::AnswerLost) => lost(),
            Some(Fault::Late(delay)) => {
                sleep(delay).await;
                success(&message)
            }
            _ => success(&message),
        }
    }

    fn record(&self, request: &Value) -> Value {
        let chat = &request["chat_id"];
        let chat = chat
            .as_i64()
            .or_else(|| chat.as_str()?.parse().ok())
            .unwrap_or_default();
        let text = request["text"].as_str().unwrap_or_default().to_owned();
        let mut state = self.state();
        state.last_message += 1;
        state.sent.push(Sent {
            chat,
            text: text.clone(),
        });
        json!({
            "message_id": state.last_message,
            "date": 1_790_000_000 + state.last_message,
            "chat": { "id": chat, "type": "supergroup", "title": "The towers" },
            "from": { "id": 1, "is_bot": true, "first_name": "Chappe", "username": "chappe_bot" },
            "text": text,
        })
    }
}

async fn call(
    State(telegram): State<Telegram>,
    Path((bot, method)): Path<(String, String)>,
    body: Bytes,
) -> Response {
    if !bot
        .strip_prefix("bot")
        .is_some_and(|token| telegram.knows(token))
    {
        return refusal(StatusCode::UNAUTHORIZED, "Unauthorized");
    }
    let request = serde_json::from_slice(&body).unwrap_or(Value::Null);
    // Method names are case-insensitive.
    match method.to_ascii_lowercase().as_str() {
        "getme" => success(&json!({
            "id": 1, "is_bot": true, "first_name": "Chappe", "username": "chappe_bot",
            "can_join_groups": true, "can_read_all_group_messages": true, "supports_inline_queries": false,
            "can_connect_to_business": false, "has_main_web_app": false,
        })),
        "getupdates" => telegram.get_updates(&request).await,
        "sendmessage" => telegram.send_message(&request).await,
        "deletewebhook" => success(&json!(true)),
        _ => refusal(StatusCode::NOT_FOUND, "Not Found"),
    }
}

fn success(result: &Value) -> Response {
    Json(json!({ "ok": true, "result": result })).into_response()
}

fn refusal(status: StatusCode, description: &str) -> Response {
    let body = json!({ "ok": false, "error_code": status.as_u16(), "description": description });
    (status, Json(body)).into_response()
}

fn too_many(retry_after: u64) -> Response {
    let body = json!({
        "ok": false,
        "error_code": 429,
        "description": format!("Too Many Requests: retry after {retry_after}"),
        "parameters": { "retry_after": retry_after },
    });
    (StatusCode::TOO_MANY_REQUESTS, Json(body)).into_response()
}

/// The connection breaks in the middle of the answer.
fn lost() -> Response {
    let broken = futures::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other("the answer is lost"))
    });
    Response::new(Body::from_stream(broken))
}
