//! Refusals that are no matter of input.

use proto::chat::{GetMessageResponse, Room, Session, User};
use runtime::grpc::status;
use serde_json::json;
use tonic::{Code, Status};

use crate::world::*;

#[tokio::test]
async fn unknown_paths_and_methods_are_problems_too() {
    let world = World::start().await;
    answer(world.request("GET", "/nothing"))
        .await
        .assert_problem(404, "not_found");
    world
        .ada("GET", "/search", None)
        .await
        .assert_problem(404, "not_found");
    let path = format!("/messages/{MESSAGE}");
    world
        .ada("PATCH", &path, None)
        .await
        .assert_problem(405, "method_not_allowed");
    world
        .ada("BREW", "/rooms", None)
        .await
        .assert_problem(405, "method_not_allowed");
}

#[tokio::test]
async fn chats_refusals_keep_their_codes() {
    let world = World::start().await;
    let refuse = |code, reason| status(code, reason, "why, and what to do");
    world
        .chat
        .refuses::<Room>("create_room", refuse(Code::AlreadyExists, "title_taken"));
    let body = json!({ "title": "Towers", "kind": "group", "visibility": "public" });
    let refused = world.ada("POST", "/rooms", Some(body)).await;
    refused.assert_problem(409, "title_taken");
    assert_eq!(refused.body["detail"], "why, and what to do");

    world
        .chat
        .refuses::<GetMessageResponse>("get_message", refuse(Code::NotFound, "not_found"));
    let refused = world
        .ada("GET", &format!("/messages/{MESSAGE}"), None)
        .await;
    refused.assert_problem(404, "not_found");

    world
        .chat
        .refuses::<Room>("update_room", refuse(Code::PermissionDenied, "forbidden"));
    let path = format!("/rooms/{ROOM}");
    let refused = world
        .ada("PATCH", &path, Some(json!({ "title": "a" })))
        .await;
    refused.assert_problem(403, "forbidden");

    world
        .chat
        .refuses::<Session>("log_in", refuse(Code::Unauthenticated, "bad_credentials"));
    let body = json!({ "username": "ada", "password": "guess" });
    let refused = world.stranger("POST", "/auth/login", Some(body)).await;
    refused.assert_problem(401, "bad_credentials");
    assert_eq!(refused.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn what_breaks_inside_is_not_shown() {
    let world = World::start().await;
    for (inside, http, code) in [
        (Status::internal("table users is gone"), 500, "internal"),
        (Status::unavailable("10.0.0.7 refused"), 503, "unavailable"),
    ] {
        let secret = inside.message().to_owned();
        world.chat.refuses::<User>("get_user", inside);
        let refused = world.ada("GET", "/me", None).await;
        refused.assert_problem(http, code);
        assert!(!refused.body.to_string().contains(&secret));
    }
    assert_eq!(
        world.ada("GET", "/me", None).await.header("retry-after"),
        "1"
    );
}

#[tokio::test]
async fn an_answer_that_cannot_be_read_is_our_fault() {
    let world = World::start().await;
    world.chat.answers(
        "get_user",
        User {
            id: "ada".to_owned(),
            ..user(ADA, "Ada")
        },
    );
    world
        .ada("GET", "/me", None)
        .await
        .assert_problem(500, "internal");
}

#[tokio::test]
async fn an_address_may_not_guess_passwords_for_long() {
    let world = World::with(&["--sign-in-rate=3"]).await;
    world.chat.refuses::<Session>(
        "log_in",
        status(Code::Unauthenticated, "bad_credentials", "no"),
    );
    let guess = || {
        world.stranger(
            "POST",
            "/auth/login",
            Some(json!({ "username": "ada", "password": "guess" })),
        )
    };
    for _ in 0..3 {
        guess().await.assert_problem(401, "bad_credentials");
    }
    let refused = guess().await;
    refused.assert_problem(429, "too_many_requests");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=20).contains(&wait), "{wait} s");
    assert_eq!(world.chat.asked().len(), 3);
}

#[tokio::test]
async fn a_person_may_not_ask_too_often() {
    let world = World::with(&["--person-rate=2"]).await;
    world.chat.answers("get_user", user(ADA, "Ada"));
    let answers = futures::future::join_all((0..20).map(|_| world.ada("GET", "/me", None))).await;
    let refused: Vec<_> = answers
        .iter()
        .filter(|answer| answer.status != 200)
        .collect();
    assert!(refused.len() >= 10, "{} of 20", refused.len());
    refused[0].assert_problem(429, "too_many_requests");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_be_careful() {
    let world = World::start().await;
    for answer in [
        world.ada("GET", "/nothing", None).await,
        world.stranger("GET", "/me", None).await,
        answer(world.request("GET", "/docs/")).await,
    ] {
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert!(
            answer
                .header("content-security-policy")
                .contains("frame-ancestors 'none'")
        );
    }
    let answer = world.stranger("GET", "/me", None).await;
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn only_allowed_origins_may_use_the_api_from_browsers() {
    let world = World::with(&["--allowed-origin=https://chat.example.org"]).await;
    for (origin, allowed) in [
        ("https://chat.example.org", true),
        ("https://evil.example", false),
    ] {
        let preflight = world
            .request("OPTIONS", "/api/v1/rooms")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header(
                "access-control-request-headers",
                "authorization,content-type",
            );
        let answer = answer(preflight).await;
        let granted = answer.header("access-control-allow-origin");
        assert_eq!(granted == origin, allowed, "{origin}: {granted}");
    }
}
