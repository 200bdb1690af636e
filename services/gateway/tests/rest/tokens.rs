//! Who gets in.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::get_current_timestamp;
use proto::chat::Keys;
use serde_json::{Value, json};
use tonic::Status;

use crate::world::*;

async fn me(world: &World, token: &str) -> Answer {
    answer(world.request("GET", "/api/v1/me").bearer_auth(token)).await
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

#[tokio::test]
async fn a_valid_token_names_the_caller() {
    let world = World::start().await;
    world.chat.answers("get_user", user(ADA, "Ada"));
    assert_eq!(me(&world, &access_token()).await.status, 200);
    let (call, request) = world.chat.asked().remove(0);
    assert_eq!(call, "get_user");
    assert!(request.contains(ADA), "{request}");
}

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let world = World::start().await;
    let refused = world.stranger("GET", "/me", None).await;
    refused.assert_problem(401, "not_authenticated");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
    for value in ["", "Bearer", "Basic YTpi", "Bearer\u{e9}"] {
        let request = world
            .request("GET", "/api/v1/me")
            .header("authorization", value);
        answer(request)
            .await
            .assert_problem(401, "not_authenticated");
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn an_expired_token_says_so() {
    let world = World::start().await;
    let token = signed("first", 1, &with("exp", json!(get_current_timestamp() - 1)));
    me(&world, &token)
        .await
        .assert_problem(401, "token_expired");
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn tokens_for_somebody_else_or_by_somebody_else_are_refused() {
    let world = World::start().await;
    let mut endless = claims();
    endless.as_object_mut().unwrap().remove("exp");
    let mut anybody = claims();
    anybody.as_object_mut().unwrap().remove("aud");
    for (why, token) in [
        (
            "another key under our key's name",
            signed("first", 2, &claims()),
        ),
        ("an unknown key", signed("second", 2, &claims())),
        (
            "a ticket",
            signed("first", 1, &with("aud", json!("chappe-ws"))),
        ),
        (
            "another audience",
            signed("first", 1, &with("aud", json!("chappee"))),
        ),
        (
            "another issuer",
            signed("first", 1, &with("iss", json!("http://evil.test"))),
        ),
        ("no end", signed("first", 1, &endless)),
        ("no audience", signed("first", 1, &anybody)),
        ("no person", signed("first", 1, &with("sub", json!("ada")))),
        ("no algorithm", unsigned("none")),
        (
            "a signature with the public key as secret",
            unsigned("HS256"),
        ),
        ("no token", "a.b.c".to_owned()),
        ("no key named", access_token().replacen("ey", "", 1)),
        (
            "too long",
            format!("{}{}", access_token(), "a".repeat(5_000)),
        ),
    ] {
        let refused = me(&world, &token).await;
        assert_eq!(refused.body["code"], "bad_token", "{why}: {refused:?}");
        refused.assert_problem(401, "bad_token");
    }
    assert_eq!(world.chat.asked(), []);
}

/// Claims in the name of our key, without a signature of it.
fn unsigned(algorithm: &str) -> String {
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({ "alg": algorithm, "kid": "first", "typ": "JWT" });
    format!("{}.{}.", part(header), part(claims()))
}

#[tokio::test]
async fn a_new_key_of_chat_is_fetched_once() {
    let world = World::start().await;
    world.chat.answers("get_user", user(ADA, "Ada"));
    assert_eq!(me(&world, &access_token()).await.status, 200);
    // The gateway fetched the keys at its start, and the first unknown one makes it fetch again.
    world
        .chat
        .answers("get_keys", keys(&[("first", 1), ("second", 2)]));
    let before = world.chat.key_fetches();
    let token = signed("second", 2, &claims());
    let answers = futures::future::join_all((0..10).map(|_| me(&world, &token))).await;
    assert!(
        answers.iter().all(|answer| answer.status == 200),
        "{answers:?}"
    );
    assert_eq!(world.chat.key_fetches(), before + 1);
}

#[tokio::test]
async fn made_up_keys_do_not_keep_chat_busy() {
    let world = World::start().await;
    for i in 0..50 {
        let token = signed(&format!("made up {i}"), 3, &claims());
        me(&world, &token).await.assert_problem(401, "bad_token");
    }
    // One fetch at the start, one for the first unknown key.
    assert!(
        world.chat.key_fetches() <= 2,
        "{}",
        world.chat.key_fetches()
    );
}

#[tokio::test]
async fn while_the_keys_are_not_known_the_answer_is_try_again() {
    let world = World::start().await;
    world
        .chat
        .refuses::<Keys>("get_keys", Status::unavailable("chat is starting"));
    let token = signed("unknown to the gateway", 1, &claims());
    let refused = me(&world, &token).await;
    refused.assert_problem(503, "unavailable");
    assert_eq!(refused.header("retry-after"), "1");
}
