//! Whatever is malformed is refused with the right problem, and chat hears nothing of it.

use std::collections::HashMap;

use proto::chat::{ListRoomsResponse, Room, SendMessageResponse};
use serde_json::json;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

use crate::world::*;

const JSON: &str = "application/json";

async fn post(
    world: &World,
    path: &str,
    content_type: &str,
    body: impl Into<reqwest::Body>,
) -> Answer {
    let request = world
        .request("POST", &format!("/api/v1{path}"))
        .bearer_auth(access_token())
        .header("content-type", content_type)
        .body(body);
    answer(request).await
}

#[tokio::test]
async fn malformed_bodies_reach_nobody() {
    let world = World::start().await;
    let rooms = "/rooms";
    let messages = &format!("/rooms/{ROOM}/messages");
    for (path, body, status, code, field) in [
        (rooms, "", 400, "bad_json", None),
        (rooms, "{", 400, "bad_json", None),
        (rooms, "{\"title\": \"a\u{0}b\"}", 400, "bad_json", None),
        (rooms, "{\"title\": \"\\ud800\"}", 400, "bad_json", None),
        (rooms, "{} {}", 422, "invalid", Some("title")),
        (
            rooms,
            r#"["Towers", "group", "private", []]"#,
            422,
            "invalid",
            Some("."),
        ),
        (rooms, "null", 422, "invalid", Some(".")),
        (
            rooms,
            r#"{"title": 7, "kind": "group", "visibility": "private"}"#,
            422,
            "invalid",
            Some("title"),
        ),
        (
            rooms,
            r#"{"title": "a", "kind": "direct", "visibility": "private"}"#,
            422,
            "invalid",
            Some("kind"),
        ),
        (
            rooms,
            r#"{"title": "a", "kind": "group"}"#,
            422,
            "invalid",
            Some("visibility"),
        ),
        (
            rooms,
            r#"{"title": "a", "kind": "group", "visibility": "public", "member_ids": ["you"]}"#,
            422,
            "invalid",
            Some("member_ids[0]"),
        ),
        (
            messages,
            r#"{"id": "1", "body": "a"}"#,
            422,
            "invalid",
            Some("id"),
        ),
        (
            messages,
            r#"{"id": null, "body": "a"}"#,
            422,
            "invalid",
            Some("id"),
        ),
        (messages, r#"{"body": "a"}"#, 422, "invalid", Some("id")),
    ] {
        let refused = post(&world, path, JSON, body).await;
        refused.assert_problem(status, code);
        let named = refused.body["errors"][0]["field"].as_str();
        assert_eq!(named, field, "{body}: {}", refused.body);
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn a_body_after_the_body_is_refused() {
    let world = World::start().await;
    let body = json!({ "title": "a", "kind": "group", "visibility": "private" });
    post(&world, "/rooms", JSON, format!("{body} {body}"))
        .await
        .assert_problem(400, "bad_json");
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn a_huge_body_is_refused() {
    let world = World::start().await;
    let body = json!({ "id": MESSAGE, "body": "a".repeat(200_000) }).to_string();
    let path = format!("/rooms/{ROOM}/messages");
    post(&world, &path, JSON, body.clone())
        .await
        .assert_problem(413, "too_large");

    let chunks = futures::stream::iter(
        body.into_bytes()
            .chunks(1_000)
            .map(Vec::from)
            .collect::<Vec<_>>(),
    );
    let chunked = futures::StreamExt::map(chunks, Ok::<_, std::io::Error>);
    let request = world
        .request("POST", &format!("/api/v1{path}"))
        .bearer_auth(access_token())
        .header("content-type", JSON)
        .body(reqwest::Body::wrap_stream(chunked));
    answer(request).await.assert_problem(413, "too_large");
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn only_json_is_read() {
    let world = World::start().await;
    let body = json!({ "id": MESSAGE, "body": "a" }).to_string();
    let path = format!("/rooms/{ROOM}/messages");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "json",
    ] {
        let refused = post(&world, &path, content_type, body.clone()).await;
        refused.assert_problem(415, "bad_content_type");
    }
    assert_eq!(world.chat.asked(), []);

    let answer = SendMessageResponse {
        message: Some(message()),
        duplicate: false,
    };
    world.chat.answers("send_message", answer);
    let taken = post(&world, &path, "Application/JSON; charset=utf-8", body).await;
    assert_eq!(taken.status, 201);
}

#[tokio::test]
async fn ids_in_paths_are_uuids() {
    let world = World::start().await;
    for (method, path) in [
        ("GET", "/rooms/towers".to_owned()),
        ("GET", "/rooms/%00".to_owned()),
        ("GET", "/rooms/%ff".to_owned()),
        ("GET", format!("/rooms/{ROOM}0/messages")),
        ("DELETE", format!("/rooms/{ROOM}/members/bob")),
        ("GET", "/users/1".to_owned()),
        ("GET", "/messages/1".to_owned()),
    ] {
        world
            .ada(method, &path, None)
            .await
            .assert_problem(400, "bad_id");
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn bad_parameters_are_named() {
    let world = World::start().await;
    let messages = format!("/rooms/{ROOM}/messages");
    let events = format!("/rooms/{ROOM}/events");
    for (path, field) in [
        ("/rooms?limit=0".to_owned(), "limit"),
        ("/rooms?limit=201".to_owned(), "limit"),
        ("/rooms?limit=many".to_owned(), "limit"),
        ("/users?query=a&limit=-1".to_owned(), "limit"),
        (format!("{messages}?before=-1"), "before"),
        (format!("{messages}?before=a"), "before"),
        (format!("{messages}?before=99999999999999999999"), "before"),
        (format!("{messages}?before=1&after=2"), "after"),
        (format!("{messages}?around=1&before=1"), "around"),
        (format!("{messages}?cursor=before.3&around=1"), "cursor"),
        (format!("{messages}?cursor=3"), "cursor"),
        (format!("{messages}?cursor=before.-3"), "cursor"),
        (format!("{messages}?limit=201"), "limit"),
        (format!("{events}?limit=501"), "limit"),
        (format!("{events}?after=1&cursor=2"), "cursor"),
        (format!("{events}?cursor=-2"), "cursor"),
    ] {
        let refused = world.ada("GET", &path, None).await;
        refused.assert_problem(400, "bad_query");
        assert_eq!(
            refused.body["errors"][0]["field"], field,
            "{path}: {}",
            refused.body
        );
    }
    assert_eq!(world.chat.asked(), []);
}

#[tokio::test]
async fn what_breaks_the_rules_for_texts_is_told_field_by_field() {
    let world = World::start().await;
    for (code, description) in [
        ("too_long", "must have at most 128 characters"),
        ("control_character", "must not contain control characters"),
    ] {
        let mut details = ErrorDetails::with_error_info("invalid", "chappe", HashMap::new());
        details.set_bad_request(vec![FieldViolation {
            field: "title".to_owned(),
            description: description.to_owned(),
            reason: code.to_owned(),
            localized_message: None,
        }]);
        let status = Status::with_error_details(Code::InvalidArgument, "title is wrong", details);
        world.chat.refuses::<Room>("create_room", status);
        let body = json!({ "title": "a\u{1}", "kind": "group", "visibility": "private" });
        let refused = world.ada("POST", "/rooms", Some(body)).await;
        refused.assert_problem(422, "invalid");
        let error = json!({ "field": "title", "code": code, "detail": description });
        assert_eq!(refused.body["errors"], json!([error]));
    }
}

#[tokio::test]
async fn what_chat_finds_wrong_with_a_messages_id_is_told_of_the_field_that_clients_know() {
    let world = World::start().await;
    let mut details = ErrorDetails::with_error_info("invalid", "chappe", HashMap::new());
    details.add_bad_request_violation("id", "must be a UUIDv7");
    let status = Status::with_error_details(Code::InvalidArgument, "id is wrong", details);
    world
        .chat
        .refuses::<SendMessageResponse>("send_message", status);
    let path = format!("/rooms/{ROOM}/messages");
    let body = json!({ "id": MESSAGE, "body": "a" });
    let refused = world.ada("POST", &path, Some(body)).await;
    refused.assert_problem(422, "invalid");
    assert_eq!(refused.body["errors"][0]["field"], "id");
}

#[tokio::test]
async fn what_this_version_cannot_send_is_refused_and_not_left_out() {
    let world = World::start().await;
    let path = format!("/rooms/{ROOM}/messages");
    let message_with =
        |attachments| Some(json!({ "id": MESSAGE, "body": "look", "attachments": attachments }));
    let refused = world
        .ada("POST", &path, message_with(json!([MESSAGE])))
        .await;
    refused.assert_problem(422, "unsupported");
    assert_eq!(refused.body["errors"][0]["field"], "attachments");
    assert_eq!(world.chat.asked(), []);

    let answer = SendMessageResponse {
        message: Some(message()),
        duplicate: false,
    };
    world.chat.answers("send_message", answer);
    let sent = world.ada("POST", &path, message_with(json!([]))).await;
    assert_eq!(sent.status, 201);
}

#[tokio::test]
async fn a_cursor_that_chat_did_not_give_is_a_bad_parameter() {
    let world = World::start().await;
    let mut details = ErrorDetails::with_error_info("invalid", "chappe", HashMap::new());
    details.add_bad_request_violation("cursor", "is not one that this list gave");
    let status = Status::with_error_details(Code::InvalidArgument, "cursor is wrong", details);
    world
        .chat
        .refuses::<ListRoomsResponse>("list_rooms", status);
    let refused = world.ada("GET", "/rooms?cursor=mine", None).await;
    refused.assert_problem(400, "bad_query");
    assert_eq!(refused.body["errors"][0]["field"], "cursor");
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let world = World::start().await;
    world.chat.answers("create_room", room());
    let body = json!({ "title": "Towers", "kind": "group", "visibility": "private", "color": { "of": "hope" } });
    assert_eq!(world.ada("POST", "/rooms", Some(body)).await.status, 201);
}
