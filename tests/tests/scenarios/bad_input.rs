//! Whatever is malformed is refused with the protocol's error and changes nothing.

use e2e::{Connection, Person, World};
use http::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A room with one message, and its owner.
async fn room_with_a_message(world: &World) -> (Person, Uuid) {
    let anna = world.person("anna").await;
    let room = world.room(&anna, &[]).await;
    let sent = world
        .api
        .send(&anna, room, Uuid::now_v7(), "alone")
        .await
        .unwrap();
    assert_eq!(sent.status, 201);
    (anna, room)
}

async fn head(world: &World, person: &Person, room: Uuid) -> Value {
    world
        .api
        .get(person, &format!("/rooms/{room}"))
        .await
        .unwrap()
        .ok()
        .unwrap()["head"]
        .clone()
}

pub(crate) async fn broken_requests_are_refused_and_change_nothing(world: &World) {
    let (anna, room) = room_with_a_message(world).await;
    let before = head(world, &anna, room).await;
    let messages = format!("/rooms/{room}/messages");
    let id = Uuid::now_v7();

    for (status, path, body) in [
        (422, messages.as_str(), json!({ "id": id, "body": "" })),
        (
            422,
            &messages,
            json!({ "id": id, "body": "x".repeat(10_001) }),
        ),
        (422, &messages, json!({ "id": id, "body": "a\u{7}bell" })),
        (422, &messages, json!({ "id": id, "body": 7 })),
        (422, &messages, json!({ "id": "no uuid", "body": "x" })),
        (422, &messages, json!({ "id": Uuid::new_v4(), "body": "x" })),
        (422, &messages, json!({ "id": Uuid::nil(), "body": "x" })),
        (422, &messages, json!({ "body": "x" })),
        (
            422,
            "/rooms",
            json!({ "title": "", "kind": "group", "visibility": "private" }),
        ),
        (
            422,
            "/rooms",
            json!({ "title": "x".repeat(129), "kind": "group", "visibility": "private" }),
        ),
        (
            422,
            "/rooms",
            json!({ "title": "tab\u{1}", "kind": "group", "visibility": "private" }),
        ),
        (
            422,
            "/rooms",
            json!({ "title": "x", "kind": "tavern", "visibility": "private" }),
        ),
        (
            404,
            "/rooms/01936b2e-7c00-7000-8000-0000000000aa/messages",
            json!({ "id": id, "body": "x" }),
        ),
    ] {
        let answer = world.api.post(&anna, path, body.clone()).await.unwrap();
        assert_refused(&answer, status, &format!("{path} {body}"));
    }
    for (status, body) in [
        (
            422,
            json!({ "username": "no spaces", "password": "long enough for all" }),
        ),
        (
            422,
            json!({ "username": format!("weak_{}", id.simple()), "password": "short" }),
        ),
    ] {
        let answer = world
            .api
            .call(Method::POST, "/auth/register", None, Some(body.clone()))
            .await
            .unwrap();
        assert_refused(&answer, status, &body.to_string());
    }
    let raw = reqwest::Client::new();
    let url = format!("http://{}/api/v1{messages}", world.gateway(0));
    for (status, body) in [
        (400, "{\"id\":".to_owned()),
        (
            413,
            format!("{{\"id\":\"{id}\",\"body\":\"{}\"}}", "x".repeat(200_000)),
        ),
    ] {
        let request = raw
            .post(&url)
            .bearer_auth(&anna.access_token)
            .header("content-type", "application/json");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), status);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
    assert_eq!(head(world, &anna, room).await, before);
}

fn assert_refused(answer: &e2e::Answer, status: u16, what: &str) {
    assert_eq!(answer.status, status, "{what}: {}", answer.body);
    assert_eq!(answer.body["status"], status, "{what}: {}", answer.body);
    assert!(!answer.code().is_empty(), "{what}: {}", answer.body);
}

pub(crate) async fn broken_frames_close_the_connection(world: &World) {
    let (anna, room) = room_with_a_message(world).await;
    let before = head(world, &anna, room).await;
    let open = async || {
        Connection::open(world.gateway(0), &anna.access_token)
            .await
            .unwrap()
    };
    let greeted = async || {
        let mut connection = open().await;
        connection.hello(json!({})).await.unwrap();
        connection
    };

    for (code, text) in [
        (4400, "{".to_owned()),
        (4400, "[]".to_owned()),
        (4400, r#"{"t":"shout"}"#.to_owned()),
        (4413, json!({ "t": "send", "ref": 1, "id": Uuid::now_v7(), "room": room, "body": "x".repeat(66_000) }).to_string()),
    ] {
        let mut connection = greeted().await;
        connection.say_text(text.clone()).await.unwrap();
        assert_eq!(connection.closed().await.unwrap(), code, "{text:.40}");
    }
    let mut binary = greeted().await;
    binary.say_binary(vec![1, 2, 3]).await.unwrap();
    assert_eq!(binary.closed().await.unwrap(), 4400);

    let mut rude = open().await;
    rude.say(&json!({ "t": "send", "ref": 1, "id": Uuid::now_v7(), "room": room, "body": "x" }))
        .await
        .unwrap();
    let code = rude.closed().await.unwrap();
    assert!([4400, 4408].contains(&code), "{code}");

    let mut silent = open().await;
    assert_eq!(silent.closed().await.unwrap(), 4408);
    assert_eq!(head(world, &anna, room).await, before);
}

pub(crate) async fn wrong_requests_in_frames_are_answered(world: &World) {
    let (anna, room) = room_with_a_message(world).await;
    let (ben, foreign) = room_with_a_message(world).await;
    let taken = Uuid::now_v7();
    assert_eq!(
        world
            .api
            .send(&ben, foreign, taken, "mine")
            .await
            .unwrap()
            .status,
        201
    );
    let before = head(world, &anna, room).await;
    let (mut connection, _) = Connection::greet(world.gateway(0), &anna.access_token, json!({}))
        .await
        .unwrap();
    let send = |room: Uuid, id: Uuid, body: &str| json!({ "t": "send", "id": id, "room": room, "body": body });

    for (code, request) in [
        (Some("not_found"), send(Uuid::now_v7(), Uuid::now_v7(), "x")),
        (Some("not_found"), send(foreign, Uuid::now_v7(), "x")),
        (Some("id_taken"), send(room, taken, "x")),
        (None, send(room, Uuid::now_v7(), "")),
        (None, send(room, Uuid::now_v7(), &"x".repeat(10_001))),
        (None, send(room, Uuid::now_v7(), "a\u{7}bell")),
        (
            None,
            json!({ "t": "send", "id": 7, "room": room, "body": "x" }),
        ),
        (
            None,
            json!({ "t": "replay", "room": room, "after": 1_000_000 }),
        ),
        (
            Some("not_found"),
            json!({ "t": "replay", "room": foreign, "after": 0 }),
        ),
        (
            Some("unsupported"),
            json!({ "t": "edit", "message": taken, "body": "x" }),
        ),
    ] {
        let answer = connection.ask(request.clone()).await.unwrap();
        assert_eq!(answer["t"], "error", "{request:.80}: {answer}");
        if let Some(code) = code {
            assert_eq!(answer["code"], code, "{request:.80}: {answer}");
        }
    }
    // And it goes on.
    assert_eq!(head(world, &anna, room).await, before);
    let ack = connection.send(room, Uuid::now_v7(), "fine").await.unwrap();
    assert_eq!(ack["t"], "ack");
}

pub(crate) async fn a_private_room_does_not_exist_for_strangers(world: &World) {
    let (anna, room) = room_with_a_message(world).await;
    let ben = world.person("ben").await;
    let before = head(world, &anna, room).await;

    for path in ["", "/members", "/messages", "/events"] {
        let answer = world
            .api
            .get(&ben, &format!("/rooms/{room}{path}"))
            .await
            .unwrap();
        assert_refused(&answer, 404, path);
        assert_eq!(answer.code(), "not_found");
    }
    for path in ["/join", "/leave"] {
        let answer = world
            .api
            .post(&ben, &format!("/rooms/{room}{path}"), json!({}))
            .await
            .unwrap();
        assert_refused(&answer, 404, path);
    }
    let answer = world
        .api
        .delete(&ben, &format!("/rooms/{room}"))
        .await
        .unwrap();
    assert_refused(&answer, 404, "delete");
    assert_eq!(head(world, &anna, room).await, before);
}

pub(crate) async fn foreign_and_used_credentials_are_refused(world: &World) {
    let anna = world.person("anna").await;
    for token in [
        "",
        "nonsense",
        &format!("{}x", anna.access_token),
        &anna.refresh_token,
    ] {
        let answer = world
            .api
            .call(Method::GET, "/me", Some(token), None)
            .await
            .unwrap();
        assert_refused(&answer, 401, token);
        // A browser sees why only in the close code.
        let mut refused = Connection::open(world.gateway(0), token).await.unwrap();
        assert_eq!(refused.closed().await.unwrap(), 4401, "{token:?}");
    }

    let ticket = world
        .api
        .post(&anna, "/ws-tickets", json!({}))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let ticket = ticket["ticket"].as_str().unwrap();
    let mut first = Connection::open_with_ticket(world.gateway(0), ticket)
        .await
        .unwrap();
    assert_eq!(
        first.hello(json!({})).await.unwrap()["user"],
        anna.id.to_string()
    );
    for gateway in [0, 1] {
        let again = Connection::open_with_ticket(world.gateway(gateway), ticket).await;
        assert_eq!(again.unwrap().closed().await.unwrap(), 4401, "good twice");
    }

    let ben = world.person("ben").await;
    first
        .say(&json!({ "t": "auth", "token": ben.access_token }))
        .await
        .unwrap();
    assert_eq!(first.closed().await.unwrap(), 4403);

    let refresh = async |token: &str| {
        let body = json!({ "refresh_token": token });
        world
            .api
            .call(Method::POST, "/auth/refresh", None, Some(body))
            .await
            .unwrap()
    };
    let fresh = refresh(&anna.refresh_token).await.ok().unwrap();
    let token = fresh["refresh_token"].as_str().unwrap();
    let fresh = refresh(token).await.ok().unwrap();
    let reused = refresh(&anna.refresh_token).await;
    assert_eq!(
        (reused.status.as_u16(), reused.code()),
        (401, "refresh_reused")
    );
    let family = refresh(fresh["refresh_token"].as_str().unwrap()).await;
    assert_eq!(family.status, 401, "a stolen family lives on");
}
