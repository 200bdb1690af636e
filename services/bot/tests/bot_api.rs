//! What the Bot API's answers mean, against a server that gives them.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "contract/logs.rs"]
mod logs;

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use bot::{
    application::{error::TelegramError, ports::Telegram},
    domain::{bot::Token, bridge::ChatId},
    outbound::telegram::BotApi,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const TOKEN: &str = "123456:a-token-that-nobody-may-see";

/// A bot whose server answers everything with this.
async fn bot_api(status: StatusCode, answer: Value) -> BotApi {
    let routes =
        Router::new()
            .fallback(post(
                |State((status, answer)): State<(StatusCode, Value)>| async move {
                    (status, Json(answer))
                },
            ))
            .with_state((status, answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    BotApi::new(&Token::new(TOKEN.into()), Some(url.parse().unwrap()))
}

async fn refusal(status: StatusCode, answer: Value) -> TelegramError {
    let telegram = bot_api(status, answer).await;
    telegram.send(ChatId(-5), "hello").await.unwrap_err()
}

#[tokio::test]
async fn too_many_requests_tell_how_long_to_wait() {
    let answer = json!({"ok": false, "error_code": 429, "description": "Too Many Requests: retry after 3",
                        "parameters": {"retry_after": 3}});
    let error = refusal(StatusCode::TOO_MANY_REQUESTS, answer).await;
    assert!(
        matches!(error, TelegramError::RetryAfter(wait) if wait.as_secs() == 3),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_chat_that_is_closed_to_the_bot_is_told_apart() {
    let answer = json!({"ok": false, "error_code": 403,
                        "description": "Forbidden: bot was kicked from the supergroup chat"});
    let error = refusal(StatusCode::FORBIDDEN, answer).await;
    assert!(matches!(error, TelegramError::Closed(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_did_nothing_and_the_token_is_not_told() {
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", gone.local_addr().unwrap());
    drop(gone);
    let telegram = BotApi::new(&Token::new(TOKEN.into()), Some(url.parse().unwrap()));
    let error = telegram.send(ChatId(-5), "hello").await.unwrap_err();
    assert!(matches!(error, TelegramError::NotDone(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("nobody-may-see"));
}

#[tokio::test]
async fn no_log_shows_the_token_whatever_its_level() {
    logs::collect();
    let bot = bot_api(StatusCode::OK, json!({"ok": true, "result": []})).await;
    bot.updates(0, std::time::Duration::ZERO).await.unwrap();
    let refused = json!({"ok": false, "error_code": 401, "description": "Unauthorized"});
    refusal(StatusCode::UNAUTHORIZED, refused).await;
    logs::until("the connections are logged", |line| {
        line.contains("127.0.0.1")
    })
    .await;
    let shown = logs::lines_with("nobody-may-see");
    assert!(shown.is_empty(), "{shown:#?}");
}

#[tokio::test]
async fn an_answer_that_makes_no_sense_leaves_the_send_uncertain() {
    let error = refusal(StatusCode::OK, json!("what?")).await;
    assert!(matches!(error, TelegramError::Uncertain(_)), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("nobody-may-see"));
}

#[tokio::test]
async fn a_token_that_telegram_does_not_know_is_told_apart() {
    for (status, description) in [
        (StatusCode::UNAUTHORIZED, "Unauthorized"),
        (StatusCode::NOT_FOUND, "Not Found"),
    ] {
        let answer =
            json!({"ok": false, "error_code": status.as_u16(), "description": description});
        let error = bot_api(status, answer).await.identify().await.unwrap_err();
        assert!(matches!(error, TelegramError::BadToken(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_bot_is_told_by_its_id_and_its_name() {
    let me = json!({"id": 7, "is_bot": true, "first_name": "Support", "username": "support_bot",
                    "can_join_groups": true, "can_read_all_group_messages": true,
                    "supports_inline_queries": false, "has_main_web_app": false});
    let bot = bot_api(StatusCode::OK, json!({"ok": true, "result": me})).await;
    let identity = bot.identify().await.unwrap();
    assert_eq!(identity.id, 7);
    assert_eq!(identity.username.as_deref(), Some("support_bot"));
}

#[tokio::test]
async fn a_description_that_quotes_the_address_does_not_tell_the_token() {
    for prefix in ["Bad Request: ", "Forbidden: ", "Bad Gateway: "] {
        let description = format!("{prefix}POST /bot{TOKEN}/sendMessage");
        let answer = json!({"ok": false, "error_code": 400, "description": description});
        let error = refusal(StatusCode::BAD_REQUEST, answer).await;
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("nobody-may-see"), "{shown}");
        assert!(shown.contains("<token>"), "{shown}");
    }
}
